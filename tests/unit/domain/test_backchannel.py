from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.assertions import TYP as ASSERTION
from app.domain.backchannel import Client, verify_client
from app.domain.refusals import Refused
from app.domain.sites import Site
from tests.unit.signing import (
    CLUBS,
    ES256,
    HS256,
    OURS,
    RS256,
    SECRET,
    AnyKey,
    forge,
    shop,
    sign,
    site_key,
)

NOW = int(datetime(2026, 11, 2, 9, 0, tzinfo=UTC).timestamp())
HEADER = {"alg": "Ed25519", "kid": "k1", "typ": "askonce-client+jwt"}
CLAIMS = {"iss": "acme.shop", "aud": OURS, "iat": NOW, "exp": NOW + 60}
SITES = {
    ("acme", "shop"): shop(),
    ("acme", "club"): shop(name="Club", keys=[site_key("c1", "Ed25519", CLUBS)]),
}


def find_site(workspace: str, site: str) -> Site | None:
    return SITES.get((workspace, site))


def verify(authorization: str, at: datetime) -> Client:
    return verify_client(authorization, find_site, OURS, at)


def refusal(authorization: str, at: datetime) -> str:
    with pytest.raises(Refused) as refused:
        verify(authorization, at)
    return refused.value.code


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_backend_with_a_key_of_the_site_is_the_sites(at: datetime, scheme: str) -> None:
    client = verify(f"{scheme} {sign(HEADER, CLAIMS)}", at)
    assert (client.workspace, client.site_key, client.site.name) == ("acme", "shop", "Shop")


@pytest.mark.parametrize(
    ("alg", "kid", "key"),
    [("ES256", "k2", ES256), ("RS256", "k3", RS256), ("HS256", "k4", HS256)],
)
def test_another_algorithm_of_the_site_is_as_good(
    at: datetime, alg: str, kid: str, key: AnyKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_SECRET", SECRET.decode())
    token = sign(HEADER | {"alg": alg, "kid": kid}, CLAIMS, alg, key)
    assert verify(f"Bearer {token}", at).site_key == "shop"


@pytest.mark.parametrize("secret", [None, "", "x" * 31])
def test_a_secret_that_is_missing_or_short_opens_nothing(
    at: datetime, secret: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    if secret is not None:
        monkeypatch.setenv("SHOP_SECRET", secret)
    token = sign(HEADER | {"alg": "HS256", "kid": "k4"}, CLAIMS, "HS256", HS256)
    assert refusal(f"Bearer {token}", at) == "key_unusable"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-31, "token_early"), (-30, ""), (0, ""), (89, ""), (90, "token_expired")],
)
def test_two_clocks_may_differ_by_half_a_minute(at: datetime, seconds: int, code: str) -> None:
    later = at + timedelta(seconds=seconds)
    text = f"Bearer {sign(HEADER, CLAIMS)}"
    if code:
        assert refusal(text, later) == code
    else:
        assert verify(text, later).site_key == "shop"


def test_a_site_speaks_for_itself_alone(at: datetime) -> None:
    said = CLAIMS | {"iss": "acme.club"}
    assert refusal(f"Bearer {sign(HEADER, said)}", at) == "token_key"
    assert refusal(f"Bearer {sign(HEADER | {'kid': 'c1'}, said)}", at) == "token_signature"
    foreign = sign(HEADER | {"kid": "c1"}, CLAIMS, key=CLUBS)
    assert refusal(f"Bearer {foreign}", at) == "token_key"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "e30.e30.e30"])
def test_what_is_no_bearer_token_is_missing(at: datetime, authorization: str) -> None:
    assert refusal(authorization, at) == "token_missing"


BAD: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (HEADER | {"typ": ASSERTION}, CLAIMS, "token_header"),
    (HEADER | {"jku": "https://evil.example"}, CLAIMS, "token_header"),
    (HEADER | {"alg": "none"}, CLAIMS, "token_algorithm"),
    (HEADER | {"kid": "k9"}, CLAIMS, "token_key"),
    (HEADER, CLAIMS | {"iss": "acme.nowhere"}, "token_issuer"),
    (HEADER, CLAIMS | {"iss": "acme"}, "token_issuer"),
    (HEADER, CLAIMS | {"iss": "acme.shop.club"}, "token_issuer"),
    (HEADER, CLAIMS | {"iss": 7}, "token_issuer"),
    (HEADER, {"aud": OURS, "iat": NOW, "exp": NOW + 60}, "token_issuer"),
    (HEADER, CLAIMS | {"aud": [OURS]}, "token_audience"),
    (HEADER, CLAIMS | {"aud": "https://other.example"}, "token_audience"),
    (HEADER, CLAIMS | {"exp": NOW + 61}, "token_lifetime"),
    (HEADER, CLAIMS | {"iat": NOW + 31, "exp": NOW + 60}, "token_early"),
    (HEADER, CLAIMS | {"iat": NOW - 90, "exp": NOW - 30}, "token_expired"),
    (HEADER, {"iss": "acme.shop", "aud": OURS}, "token_claims"),
]


@pytest.mark.parametrize(("header", "claims", "code"), BAD)
def test_a_token_of_any_other_shape_is_refused_whoever_signed_it(
    at: datetime, header: dict[str, Any], claims: dict[str, Any], code: str
) -> None:
    token = sign(header, claims)
    assert refusal(f"Bearer {token}", at) == code
    assert refusal(f"Bearer {forge(token)}", at) == code


def test_a_signature_that_nobody_made_is_refused(at: datetime) -> None:
    assert refusal(f"Bearer {forge(sign(HEADER, CLAIMS))}", at) == "token_signature"
