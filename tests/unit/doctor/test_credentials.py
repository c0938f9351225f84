"""A token is read claim by claim: what it says, what it must say, and the line to write."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.doctor.cases import Ours
from app.doctor.credentials import diagnose
from app.doctor.tokens import Expected
from app.domain.assertions import Door, verify_assertion
from app.domain.backchannel import verify_client
from app.domain.refusals import Refused
from app.domain.remedies import REMEDIES
from tests.unit.signing import CLUBS, ED25519, OURS, SHOP, forge, shop, sign

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
HEADER = {"alg": "Ed25519", "kid": "k1", "typ": "askonce+jwt"}
CLAIMS: dict[str, Any] = {
    "iss": "acme.shop",
    "sub": "4711",
    "aud": OURS,
    "iat": NOW,
    "exp": NOW + 60,
    "origin": SHOP,
    "mode": "htmx",
}
HERE = Ours(OURS, {"acme.shop": shop()})
AHEAD = (
    "The token is from the future: 95 seconds by this clock. The clock of who signed it is ahead,"
    " or this one is behind."
)
ELEMENT = {"mode": "element", "nonce": "n" * 16, "jti": "j" * 16}


def token(header: dict[str, Any] | None = None, **said: Any) -> str:
    claims = {name: value for name, value in {**CLAIMS, **said}.items() if value is not None}
    return sign({**HEADER, **(header or {})}, claims)


def says(text: str, expected: Expected = Expected()) -> list[tuple[str, str, str]]:  # noqa: B008
    return [(one.code, one.sentence, one.change) for one in diagnose(text, HERE, AT, expected)]


@pytest.mark.parametrize("said", [{}, ELEMENT, {"sid": "a", "auth_time": NOW - 9, "locale": "de"}])
def test_of_a_good_token_nothing_is_said(said: dict[str, Any]) -> None:
    assert says(token(**said)) == []


@pytest.mark.parametrize(
    ("said", "code", "sentence", "change"),
    [
        (
            {"aud": "https://old.example"},
            "token_audience",
            f"aud is https://old.example but must be {OURS}.",
            f'"aud": "{OURS}"',
        ),
        (
            {"aud": OURS + "/"},
            "token_audience",
            f"aud is {OURS}/ but must be {OURS}, without the slash at its end.",
            f'"aud": "{OURS}"',
        ),
        (
            {"aud": [OURS]},
            "token_audience",
            f"aud is ['{OURS}'] but must be {OURS} as one text, not a list.",
            f'"aud": "{OURS}"',
        ),
        (
            {"aud": None},
            "token_audience",
            f"aud is missing but must be {OURS}.",
            f'"aud": "{OURS}"',
        ),
        (
            {"iss": "shop"},
            "token_issuer",
            "There is no site shop: acme.shop.",
            '"iss": "acme.shop"',
        ),
        (
            {"iat": NOW - 400, "exp": NOW - 340},
            "token_expired",
            "The token expired 340 seconds ago, at 2026-11-02T08:54:20Z.",
            "Cache-Control: no-store",
        ),
        (
            {"iat": NOW + 95, "exp": NOW + 155},
            "token_early",
            AHEAD,
            "timedatectl set-ntp true",
        ),
        (
            {"exp": NOW + 3600},
            "token_lifetime",
            "exp is 3600 seconds after iat; it may be 60 at most in mode htmx.",
            '"exp": iat + 60',
        ),
        (
            {**ELEMENT, "exp": NOW + 301},
            "token_lifetime",
            "exp is 301 seconds after iat; it may be 300 at most in mode element.",
            '"exp": iat + 300',
        ),
        (
            {"iat": NOW * 1000, "exp": NOW * 1000 + 60_000},
            "token_claims",
            f"iat is {NOW * 1000}: milliseconds, where seconds are meant.",
            '"iat": 1767225600, "exp": 1767225660',
        ),
        (
            {"exp": None},
            "token_claims",
            "exp is missing, and has to be there.",
            '"iat": 1767225600, "exp": 1767225660',
        ),
        (
            {"sub": 4711},
            "token_subject",
            "sub is 4711 and has to be a text of 1 to 255 bytes without control characters.",
            '"sub": "4711"',
        ),
        (
            {"mode": "frame"},
            "token_mode",
            "mode is frame but must be htmx or element.",
            '"mode": "htmx"',
        ),
        (
            {"origin": "https://evil.example"},
            "token_origin",
            f"origin is https://evil.example, and acme.shop lists {SHOP}, https://www.shop.example.",
            f'"origin": "{SHOP}"',
        ),
        (
            {**ELEMENT, "nonce": "short"},
            "token_nonce",
            "nonce is short and has to be a text of 16 to 255 bytes without control characters.",
            '"nonce": request.headers["X-Askonce-Nonce"], "jti": secrets.token_urlsafe(24)',
        ),
        (
            {"auth_time": NOW + 90},
            "token_auth_time",
            "auth_time lies 90 seconds after iat.",
            '"auth_time": 1767225000',
        ),
        (
            {"clock": NOW},
            "token_clock",
            "The token sets a clock, and acme.shop is no sandbox.",
            "sandbox: true",
        ),
        (
            {"traits": {"plan": "pro", "age": 7}},
            "traits_dropped",
            "acme.shop does not supply age: they are dropped.",
            "supplies: [given_name, plan, age]",
        ),
        (
            {"locale": "no such language"},
            "token_claims",
            "A claim is missing or is of another type than it has to be.",
            '"iat": 1767225600, "exp": 1767225660',
        ),
    ],
)
def test_what_is_wrong_with_a_claim_is_said(
    said: dict[str, Any], code: str, sentence: str, change: str
) -> None:
    assert (code, sentence, change) in says(token(**said))


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("", "token_missing", "There is no token."),
        ("x" * 9000, "token_too_large", "The token has 9000 characters."),
        (
            "ak_0123456789ab_" + "x" * 43,
            "api_key",
            "This is an API key, not a token: only the running service knows whose it is.",
        ),
        ("a.b", "token_malformed", "The token's header is not a JSON object in base64url."),
        ("e30.b.c", "token_malformed", "The token's payload is not a JSON object in base64url."),
        (
            token({"jku": "https://evil.example"}),
            "token_header",
            "The header has jku, which it must not.",
        ),
        (token({"typ": "JWT"}), "token_header", "typ is JWT but must be askonce+jwt."),
        (token({"kid": 7}), "token_header", "The header has no kid as a text."),
        (
            token({"kid": "k9"}),
            "token_key",
            "kid is k9, and acme.shop has the keys k1, k2, k3, k4.",
        ),
        (
            token({"alg": "none"}),
            "token_algorithm",
            "alg is none, and the key k1 of acme.shop is for Ed25519.",
        ),
        (forge(token()), "token_signature", "The key k1 of acme.shop did not sign this token."),
        (
            sign(HEADER, CLAIMS, key=CLUBS),
            "token_signature",
            "The key k1 of acme.shop did not sign this token.",
        ),
        (
            sign({**HEADER, "alg": "HS256", "kid": "k4"}, CLAIMS),
            "key_unusable",
            "SHOP_SECRET is not set here, or is shorter than 32 bytes.",
        ),
        (
            token() + "!",
            "token_malformed",
            REMEDIES["token_malformed"].meaning,
        ),
    ],
)
def test_what_is_wrong_around_the_claims_is_said(text: str, code: str, sentence: str) -> None:
    assert (code, sentence) in [one[:2] for one in says(text)]


def test_another_key_of_the_site_is_named() -> None:
    two = [*shop().keys[:2], shop().keys[0].model_copy(update={"kid": "old"})]
    here = Ours(OURS, {"acme.shop": shop(keys=[two[0], two[1], two[2]])})
    mixed = sign({**HEADER, "kid": "k2", "alg": "ES256"}, CLAIMS, alg="Ed25519", key=ED25519)
    (found,) = diagnose(mixed, here, AT)
    assert (found.code, found.change) == ("token_signature", '"kid": "k1"')
    assert found.sentence.endswith("did not sign this token: the key k1 did.")


def test_the_place_says_what_a_token_must() -> None:
    place = Expected("acme.club", "https://www.shop.example", "element")
    here = Ours(OURS, {"acme.shop": shop(), "acme.club": shop()})
    said = {one.sentence for one in diagnose(token(), here, AT, place)}
    assert "iss is acme.shop but must be acme.club, the site that is asked." in said
    assert "mode is htmx but must be element." in said
    assert f"origin is {SHOP} but the page's own is https://www.shop.example." in said


def test_everything_is_said_at_once() -> None:
    text = token({"typ": "JWT"}, aud="x", exp=NOW + 3600, sub="", origin="https://e.example")
    assert [one[0] for one in says(text)] == [
        "token_header",
        "token_audience",
        "token_lifetime",
        "token_origin",
        "token_subject",
    ]


def test_a_backend_s_credential_is_read_as_one() -> None:
    client = {**HEADER, "typ": "askonce-client+jwt"}
    good = {"iss": "acme.shop", "aud": OURS, "iat": NOW, "exp": NOW + 60}
    assert says(sign(client, good)) == []
    found = says(sign(client, {**good, "exp": NOW + 300}))
    assert found[0][:2] == ("token_lifetime", "exp is 300 seconds after iat; it may be 60 at most.")


ODD = st.one_of(
    st.none(), st.integers(), st.text(max_size=30), st.booleans(), st.lists(st.text(max_size=5))
)


@given(
    st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "sid", "auth_time", "traits", "clock"]), ODD),
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "jku"]), st.text(max_size=9)),
)
def test_whatever_a_door_refuses_the_doctor_says(
    said: dict[str, Any], header: dict[str, Any]
) -> None:
    text = sign({**HEADER, **header}, {**CLAIMS, **said})
    door = Door("acme", "shop", HERE.sites["acme.shop"], "htmx", OURS, SHOP)
    refused = _code(lambda: verify_assertion(text, door, AT))
    found = diagnose(text, HERE, AT, Expected("acme.shop", SHOP, "htmx"))
    codes = {one.code for one in found if one.is_wrong}
    # What cannot be read is said first, whatever else a door would have minded before.
    assert codes & {refused, "token_malformed"} if refused else not codes


@given(st.text(max_size=60))
def test_no_text_stops_the_doctor(text: str) -> None:
    assert _code(lambda: verify_client(f"Bearer {text}", lambda *_: None, OURS, AT))
    assert list(diagnose(text, HERE, AT))


def _code(verify: Callable[[], object]) -> str:
    try:
        verify()
    except Refused as refused:
        return refused.code
    return ""
