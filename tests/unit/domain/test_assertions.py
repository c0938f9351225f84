import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from msgspec.structs import replace

from app.domain.assertions import Door, observed_origin, verify_assertion
from app.domain.refusals import Refused
from app.lib import base64url
from tests.unit.signing import (
    CLUBS,
    ED25519,
    ES256,
    HS256,
    OURS,
    RS256,
    SECRET,
    SHOP,
    AnyKey,
    forge,
    segment,
    shop,
    sign,
    site_key,
)

HEADER = {"alg": "Ed25519", "kid": "k1", "typ": "askonce+jwt"}
NOW = int(datetime(2026, 11, 2, 9, 0, tzinfo=UTC).timestamp())
CLAIMS = {
    "iss": "acme.shop",
    "sub": "vera",
    "aud": OURS,
    "iat": NOW,
    "exp": NOW + 60,
    "origin": SHOP,
    "mode": "htmx",
}
NONCE = "n" * 22
ELEMENT = CLAIMS | {"mode": "element", "exp": NOW + 300, "nonce": NONCE, "jti": "j" * 22}
DOOR = Door("acme", "shop", shop(), "htmx", OURS, SHOP)
ELEMENT_DOOR = replace(DOOR, mode="element", nonce=NONCE)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SECRET", SECRET.decode())


def refusal(token: str, at: datetime, door: Door = DOOR) -> str:
    """Why the token is refused; that it is refused is the test."""
    with pytest.raises(Refused) as refused:
        verify_assertion(token, door, at)
    return refused.value.code


def without(name: str) -> dict[str, Any]:
    return {claim: value for claim, value in CLAIMS.items() if claim != name}


# What is believed


KEYS: list[tuple[str, str, AnyKey]] = [
    ("Ed25519", "k1", ED25519),
    ("ES256", "k2", ES256),
    ("RS256", "k3", RS256),
    ("HS256", "k4", HS256),
]


@pytest.mark.parametrize(("alg", "kid", "key"), KEYS)
def test_a_key_of_the_site_is_believed(at: datetime, alg: str, kid: str, key: AnyKey) -> None:
    token = sign(HEADER | {"alg": alg, "kid": kid}, CLAIMS, alg, key)
    assert verify_assertion(token, DOOR, at).sub == "vera"


@pytest.mark.parametrize(("alg", "kid", "key"), KEYS)
def test_a_key_of_the_site_is_believed_in_an_element_as_well(
    at: datetime, alg: str, kid: str, key: AnyKey
) -> None:
    header = HEADER | {"alg": alg, "kid": kid}
    assert verify_assertion(sign(header, ELEMENT, alg, key), ELEMENT_DOOR, at).sub == "vera"
    for other, other_kid, _ in KEYS:
        wrong = sign(header | {"alg": other, "kid": other_kid}, ELEMENT, alg, key)
        if other != alg:
            assert refusal(wrong, at, ELEMENT_DOOR) == "token_signature"


def test_two_live_keys_are_good_side_by_side(at: datetime) -> None:
    keys = [site_key("k1", "Ed25519", ED25519), site_key("k9", "Ed25519", CLUBS)]
    door = replace(DOOR, site=shop(keys=keys))
    for kid, key in (("k1", ED25519), ("k9", CLUBS)):
        token = sign(HEADER | {"kid": kid}, CLAIMS, key=key)
        assert verify_assertion(token, door, at).sub == "vera"
    assert refusal(sign(HEADER, CLAIMS, key=CLUBS), at, door) == "token_signature"


@pytest.mark.parametrize("stored", ["Ed25519", "EdDSA"])
@pytest.mark.parametrize("said", ["Ed25519", "EdDSA"])
def test_the_old_and_the_new_name_of_ed25519_mean_one_algorithm(
    at: datetime, stored: str, said: str
) -> None:
    door = replace(DOOR, site=shop(keys=[site_key("k1", stored, ED25519)]))
    assert verify_assertion(sign(HEADER | {"alg": said}, CLAIMS), door, at).sub == "vera"


def test_everything_a_site_may_say_is_read(at: datetime) -> None:
    said = CLAIMS | {
        "locale": "pt_BR",
        "auth_time": NOW - 5,
        "sid": "session-1",
        "signed_up_at": NOW - 86_400,
        "traits": {"given_name": "Vera", "plan": "pro", "company": "Acme"},
        "tenant": "north",
        "seats": 0,
    }
    read = verify_assertion(sign(HEADER, said), DOOR, at)
    assert (read.workspace, read.site, read.mode, read.origin) == ("acme", "shop", "htmx", SHOP)
    assert (read.issued_at, read.expires_at) == (at, at + timedelta(seconds=60))
    assert (read.locale, read.sid) == ("pt-BR", "session-1")
    assert read.auth_time == at - timedelta(seconds=5)
    assert read.signed_up_at == at - timedelta(days=1)
    assert read.claims == {"tenant": "north", "seats": 0}


def test_traits_that_the_site_does_not_supply_are_dropped(at: datetime) -> None:
    said = CLAIMS | {"traits": {"given_name": "Vera", "company": "Acme"}}
    assert verify_assertion(sign(HEADER, said), DOOR, at).traits == {"given_name": "Vera"}


def test_nothing_of_the_person_stands_in_a_repr(at: datetime) -> None:
    said = CLAIMS | {"traits": {"given_name": "Veronika"}, "sid": "session-1", "tenant": "north"}
    shown = repr(verify_assertion(sign(HEADER, said), DOOR, at))
    assert not [word for word in ("vera", "Veronika", "session-1", "north") if word in shown]


def test_an_assertion_for_the_element_brings_its_jti(at: datetime) -> None:
    assert verify_assertion(sign(HEADER, ELEMENT), ELEMENT_DOOR, at).jti == "j" * 22


def test_the_clock_of_a_sandbox_site_is_read(at: datetime) -> None:
    door = replace(DOOR, site=shop(sandbox=True))
    read = verify_assertion(sign(HEADER, CLAIMS | {"clock": NOW + 86_400}), door, at)
    assert read.clock == at + timedelta(days=1)


def test_a_page_of_our_own_origin_needs_no_origin_header(at: datetime) -> None:
    assert verify_assertion(sign(HEADER, CLAIMS), replace(DOOR, embedder=None), at).origin == SHOP


@pytest.mark.parametrize("seconds", [-30, 0, 59, 89])
def test_two_clocks_may_differ_by_half_a_minute(at: datetime, seconds: int) -> None:
    later = at + timedelta(seconds=seconds)
    assert verify_assertion(sign(HEADER, CLAIMS), DOOR, later).issued_at == at


def test_a_token_shown_again_is_judged_again(at: datetime) -> None:
    token = sign(HEADER, CLAIMS)
    verify_assertion(token, DOOR, at)
    assert refusal(token, at + timedelta(seconds=90)) == "token_expired"
    moved = replace(DOOR, site=shop(origins=["https://new.shop.example"]))
    assert refusal(token, at, moved) == "token_origin"


def test_a_key_replaced_under_its_old_id_no_longer_holds(at: datetime) -> None:
    token = sign(HEADER, CLAIMS)
    verify_assertion(token, DOOR, at)
    renewed = replace(DOOR, site=shop(keys=[site_key("k1", "Ed25519", CLUBS)]))
    assert refusal(token, at, renewed) == "token_signature"


# What is not: the header

OTHERS: dict[str, Any] = {
    "jku": "https://evil.example/keys",
    "jwk": OKPKey.generate_key("Ed25519").as_dict(private=False),
    "x5u": "https://evil.example/chain",
    "x5c": ["MIIB"],
    "crit": ["b64"],
    "b64": False,
    "zip": "DEF",
    "cty": "JWT",
}
HEADERS: list[tuple[Any, str]] = [
    *((HEADER | {name: value}, "token_header") for name, value in OTHERS.items()),
    (HEADER | {"crit": ["b64"], "b64": False}, "token_header"),
    ({"alg": "Ed25519", "typ": "askonce+jwt"}, "token_header"),
    ({"kid": "k1", "typ": "askonce+jwt"}, "token_header"),
    ({"alg": "Ed25519", "kid": "k1"}, "token_header"),
    (HEADER | {"typ": "JWT"}, "token_header"),
    (HEADER | {"typ": "askonce-client+jwt"}, "token_header"),
    (HEADER | {"typ": "ASKONCE+JWT"}, "token_header"),
    (HEADER | {"kid": 1}, "token_header"),
    (HEADER | {"kid": ["k1"]}, "token_header"),
    (HEADER | {"alg": None}, "token_header"),
    (HEADER | {"kid": "k9"}, "token_key"),
    (HEADER | {"kid": ""}, "token_key"),
    (HEADER | {"kid": "../../../../dev/null"}, "token_key"),
    (HEADER | {"kid": "k1' OR '1'='1"}, "token_key"),
    (HEADER | {"alg": "none"}, "token_algorithm"),
    (HEADER | {"alg": "None"}, "token_algorithm"),
    (HEADER | {"alg": ""}, "token_algorithm"),
    (HEADER | {"alg": "HS256"}, "token_algorithm"),
    (HEADER | {"alg": "ES256"}, "token_algorithm"),
    (HEADER | {"alg": "Ed448"}, "token_algorithm"),
    (HEADER | {"alg": "ed25519"}, "token_algorithm"),
    (b'{"alg":"Ed25519","kid":"k9","kid":"k1","typ":"askonce+jwt"}', "token_malformed"),
    (b"[]", "token_malformed"),
    (b"null", "token_malformed"),
    (b"\xff", "token_malformed"),
    (b"", "token_malformed"),
    (b'{"alg":"Ed25519","kid":"k1","typ":"askonce+jwt"}garbage', "token_malformed"),
]


@pytest.mark.parametrize(("header", "code"), HEADERS)
def test_a_header_of_any_other_shape_is_refused(at: datetime, header: Any, code: str) -> None:
    assert refusal(sign(header, CLAIMS), at) == code


def test_a_token_without_signature_is_refused(at: datetime) -> None:
    signed = sign(HEADER, CLAIMS).rpartition(".")[0]
    assert refusal(f"{signed}.", at) == "token_signature"
    bare = f"{segment(HEADER | {'alg': 'none'})}.{segment(CLAIMS)}."
    assert refusal(bare, at) == "token_algorithm"


@pytest.mark.parametrize("spelled", [RS256.as_pem(private=False), RS256.as_der(private=False)])
def test_a_public_key_is_no_shared_secret(at: datetime, spelled: bytes) -> None:
    signed = f"{segment(HEADER | {'alg': 'HS256', 'kid': 'k3'})}.{segment(CLAIMS)}"
    signature = base64url.encode(hmac.digest(spelled, signed.encode(), "sha256"))
    assert refusal(f"{signed}.{signature}", at) == "token_algorithm"


def test_a_key_of_another_site_is_refused(at: datetime) -> None:
    assert refusal(sign(HEADER, CLAIMS, key=CLUBS), at) == "token_signature"
    assert refusal(sign(HEADER | {"kid": "club-1"}, CLAIMS, key=CLUBS), at) == "token_key"


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_short_shared_secret_serves_nobody(
    at: datetime, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_SECRET", secret)
    token = sign(HEADER | {"alg": "HS256", "kid": "k4"}, CLAIMS, "HS256", HS256)
    assert refusal(token, at) == "key_unusable"


# What is not: the claims

BAD_CLAIMS: list[tuple[Any, str]] = [
    (CLAIMS | {"iss": "acme.club"}, "token_issuer"),
    (CLAIMS | {"iss": "other.shop"}, "token_issuer"),
    (CLAIMS | {"iss": ["acme.shop"]}, "token_issuer"),
    (without("iss"), "token_issuer"),
    (CLAIMS | {"aud": [OURS]}, "token_audience"),
    (CLAIMS | {"aud": "https://app.shop.example"}, "token_audience"),
    (CLAIMS | {"aud": OURS + "/"}, "token_audience"),
    (without("aud"), "token_audience"),
    (CLAIMS | {"exp": NOW + 61}, "token_lifetime"),
    (CLAIMS | {"exp": NOW + 3600}, "token_lifetime"),
    (CLAIMS | {"exp": NOW}, "token_lifetime"),
    (CLAIMS | {"iat": NOW + 60, "exp": NOW}, "token_early"),
    (CLAIMS | {"iat": NOW - 200, "exp": NOW - 170}, "token_expired"),
    (CLAIMS | {"iat": NOW - 90, "exp": NOW - 30}, "token_expired"),
    (CLAIMS | {"iat": NOW + 31, "exp": NOW + 91}, "token_early"),
    (CLAIMS | {"nbf": NOW + 31}, "token_early"),
    (CLAIMS | {"iat": float(NOW)}, "token_claims"),
    (CLAIMS | {"iat": str(NOW)}, "token_claims"),
    (CLAIMS | {"exp": True}, "token_claims"),
    (CLAIMS | {"iat": -1}, "token_claims"),
    (CLAIMS | {"exp": 2**40}, "token_claims"),
    (CLAIMS | {"nbf": "soon"}, "token_claims"),
    (without("iat"), "token_claims"),
    (without("exp"), "token_claims"),
    (CLAIMS | {"mode": "element"}, "token_mode"),
    (CLAIMS | {"mode": ["htmx"]}, "token_mode"),
    (without("mode"), "token_mode"),
    (CLAIMS | {"origin": "https://evil.example"}, "token_origin"),
    (CLAIMS | {"origin": "https://www.shop.example"}, "token_origin"),
    (CLAIMS | {"origin": SHOP + "/"}, "token_origin"),
    (CLAIMS | {"origin": "https://SHOP.example"}, "token_origin"),
    (CLAIMS | {"origin": "null"}, "token_origin"),
    (CLAIMS | {"origin": [SHOP]}, "token_origin"),
    (CLAIMS | {"origin": None}, "token_origin"),
    (without("origin"), "token_origin"),
    (without("sub"), "token_subject"),
    (CLAIMS | {"sub": ""}, "token_subject"),
    (CLAIMS | {"sub": 42}, "token_subject"),
    (CLAIMS | {"sub": ["vera"]}, "token_subject"),
    (CLAIMS | {"sub": "a" * 256}, "token_subject"),
    (CLAIMS | {"sub": "é" * 128}, "token_subject"),
    (CLAIMS | {"sub": "vera\n"}, "token_subject"),
    (CLAIMS | {"sub": "vera\x7f"}, "token_subject"),
    (CLAIMS | {"sub": "vera\x85"}, "token_subject"),
    (CLAIMS | {"sub": "vera\0"}, "token_malformed"),
    (CLAIMS | {"sub": "vera\ud800"}, "token_malformed"),
    (CLAIMS | {"auth_time": 0}, "token_auth_time"),
    (CLAIMS | {"auth_time": -5}, "token_auth_time"),
    (CLAIMS | {"auth_time": NOW + 31}, "token_auth_time"),
    (CLAIMS | {"auth_time": NOW * 1000}, "token_auth_time"),
    (CLAIMS | {"auth_time": "yesterday"}, "token_auth_time"),
    (CLAIMS | {"auth_time": True}, "token_auth_time"),
    (CLAIMS | {"signed_up_at": NOW + 31}, "token_claims"),
    (CLAIMS | {"signed_up_at": "2026-01-01"}, "token_claims"),
    (CLAIMS | {"sid": ""}, "token_claims"),
    (CLAIMS | {"sid": 7}, "token_claims"),
    (CLAIMS | {"sid": "a" * 256}, "token_claims"),
    (CLAIMS | {"locale": "<script>"}, "token_claims"),
    (CLAIMS | {"locale": "../../etc"}, "token_claims"),
    (CLAIMS | {"locale": 5}, "token_claims"),
    (CLAIMS | {"locale": "de-" + "a-" * 40 + "a"}, "token_claims"),
    (CLAIMS | {"traits": ["given_name"]}, "token_claims"),
    (CLAIMS | {"traits": "given_name"}, "token_claims"),
    (CLAIMS | {"clock": NOW + 86_400}, "token_clock"),
    (CLAIMS | {"clock": "now"}, "token_clock"),
    (b"", "token_malformed"),
    (b"[]", "token_malformed"),
    (b'"vera"', "token_malformed"),
    (b'{"sub":"ada","sub":"vera"}', "token_malformed"),
    (b'{"traits":{"plan":"free","plan":"pro"}}', "token_malformed"),
    (b'{"exp":NaN}', "token_malformed"),
    (b'{"exp":1e999}', "token_malformed"),
    (b'{"seats":' + b"9" * 100 + b"}", "token_malformed"),
    (b'{"seats":' + b"9" * 5000 + b"}", "token_malformed"),
    (b'{"a":' * 9 + b"1" + b"}" * 9, "token_malformed"),
    (b'{"a":' + b"[" * 5000 + b"]" * 500 + b"}", "token_malformed"),
    (b'{"sub":"\xed\xa0\x80"}', "token_malformed"),
    (b'\xef\xbb\xbf{"sub":"vera"}', "token_malformed"),
]


@pytest.mark.parametrize(("claims", "code"), BAD_CLAIMS)
def test_claims_of_any_other_shape_are_refused(at: datetime, claims: Any, code: str) -> None:
    assert refusal(sign(HEADER, claims), at) == code


@pytest.mark.parametrize(("header", "code"), HEADERS)
def test_a_bad_header_is_refused_before_the_signature_is_looked_at(
    at: datetime, header: Any, code: str
) -> None:
    assert refusal(forge(sign(header, b"not even claims")), at) == code


@pytest.mark.parametrize(("claims", "code"), BAD_CLAIMS)
def test_bad_claims_are_refused_before_the_signature_is_looked_at(
    at: datetime, claims: Any, code: str
) -> None:
    assert refusal(forge(sign(HEADER, claims)), at) == code


@pytest.mark.parametrize("name", ["nonce", "jti"])
@pytest.mark.parametrize("value", [None, "", "short", 7, "n" * 256])
def test_an_element_needs_a_nonce_and_a_jti(at: datetime, name: str, value: Any) -> None:
    assert refusal(sign(HEADER, ELEMENT | {name: value}), at, ELEMENT_DOOR) == "token_nonce"


@pytest.mark.parametrize("made", [None, "", "m" * 22])
def test_the_nonce_is_the_one_that_the_frame_made(at: datetime, made: str | None) -> None:
    door = replace(ELEMENT_DOOR, nonce=made)
    assert refusal(sign(HEADER, ELEMENT), at, door) == "token_nonce"


def test_an_element_assertion_lives_five_minutes_at_most(at: datetime) -> None:
    said = ELEMENT | {"exp": NOW + 301}
    assert refusal(sign(HEADER, said), at, ELEMENT_DOOR) == "token_lifetime"


def test_an_assertion_for_the_element_opens_no_other_door(at: datetime) -> None:
    assert refusal(sign(HEADER, ELEMENT | {"exp": NOW + 60}), at) == "token_mode"


def test_a_mode_that_the_site_does_not_use_is_refused(at: datetime) -> None:
    door = replace(DOOR, site=shop(modes=["frame"]))
    assert refusal(sign(HEADER, CLAIMS), at, door) == "token_mode"


@pytest.mark.parametrize("embedder", ["https://evil.example", "https://www.shop.example", ""])
def test_an_assertion_shown_by_another_page_is_refused(at: datetime, embedder: str) -> None:
    assert refusal(sign(HEADER, CLAIMS), at, replace(DOOR, embedder=embedder)) == "token_origin"


# What is not: the text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "token_missing"),
        ("a" * 8193, "token_too_large"),
        ("a", "token_malformed"),
        ("a.b", "token_malformed"),
        ("a.b.c.d", "token_malformed"),
        ("..", "token_malformed"),
        ("é.é.é", "token_malformed"),
        ("\ud800", "token_malformed"),
    ],
)
def test_what_is_no_token_is_refused(at: datetime, text: str, code: str) -> None:
    assert refusal(text, at) == code


def test_a_token_has_one_spelling(at: datetime) -> None:
    token = sign(HEADER, CLAIMS)
    header, payload, signature = token.split(".")
    padded = base64.urlsafe_b64encode(base64url.decode(signature)).decode()
    for other in (f" {token}", f"{token}\n", f"{token}=", f"{header}=.{payload}.{signature}"):
        assert refusal(other, at) == "token_malformed"
    assert refusal(f"{header}.{payload}.{padded}", at) == "token_malformed"
    # The last character of 64 bytes carries four bits that mean nothing: A, Q, g or w.
    stray = chr(ord(signature[-1]) + 1)
    assert refusal(f"{header}.{payload}.{signature[:-1]}{stray}", at) == "token_malformed"


@pytest.mark.parametrize(("alg", "kid", "key"), [("ES256", "k2", ES256), ("RS256", "k3", RS256)])
@pytest.mark.parametrize("signature", [b"", b"\0", b"\0" * 64, b"\xff" * 64, b"\xff" * 256])
def test_a_signature_of_any_length_is_just_refused(
    at: datetime, alg: str, kid: str, key: AnyKey, signature: bytes
) -> None:
    signed = sign(HEADER | {"alg": alg, "kid": kid}, CLAIMS, alg, key).rpartition(".")[0]
    assert refusal(f"{signed}.{base64url.encode(signature)}", at) == "token_signature"


def test_a_refusal_says_its_code_and_nothing_of_the_token(at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        verify_assertion(forge(sign(HEADER, CLAIMS)), DOOR, at)
    assert (str(refused.value), refused.value.__cause__) == ("token_signature", None)


# Who asks


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({"origin": SHOP}, SHOP),
        ({"origin": SHOP, "sec-fetch-site": "cross-site"}, SHOP),
        ({"sec-fetch-site": "same-origin"}, None),
    ],
)
def test_the_browser_says_whose_page_asks(headers: dict[str, str], origin: str | None) -> None:
    assert observed_origin(headers) == origin


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "origin_missing"),
        ({"origin": ""}, "origin_missing"),
        ({"sec-fetch-site": "cross-site"}, "origin_missing"),
        ({"sec-fetch-site": "same-site"}, "origin_missing"),
        ({"sec-fetch-site": "none"}, "origin_missing"),
        ({"origin": "null"}, "origin_null"),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, "origin_null"),
    ],
)
def test_a_page_that_nobody_vouches_for_is_refused(headers: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        observed_origin(headers)
    assert refused.value.code == code
