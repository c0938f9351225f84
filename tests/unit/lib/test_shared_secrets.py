"""A shared secret believes what it signed, and nothing else."""

import json
from typing import Any

import pytest

from app.lib import base64url
from app.lib.shared_secrets import Forged, SharedSecret
from app.lib.signatures import Malformed, UnknownHeader, UnusableKey

OURS = SharedSecret("a secret that two sides share, 32 b")
CLAIMS: dict[str, Any] = {"sub": "vera", "exp": 7, "traits": {"given_name": "Véra"}}


def test_what_was_written_is_read() -> None:
    assert OURS.read(OURS.write(CLAIMS)) == CLAIMS


def test_another_library_reads_it() -> None:
    from joserfc import jwt
    from joserfc.jwk import OctKey

    key = OctKey.import_key(b"a secret that two sides share, 32 b")
    token = jwt.decode(OURS.write(CLAIMS), key, algorithms=["HS256"])
    assert (token.header, token.claims) == ({"alg": "HS256", "typ": "JWT"}, CLAIMS)
    assert OURS.read(jwt.encode({"alg": "HS256", "typ": "JWT"}, CLAIMS, key)) == CLAIMS


def test_another_secret_is_not_believed() -> None:
    with pytest.raises(Forged):
        SharedSecret("another secret that two sides share").read(OURS.write(CLAIMS))


def test_what_was_changed_is_not_believed() -> None:
    header, _, signature = OURS.write(CLAIMS).split(".")
    other = base64url.encode(json.dumps({**CLAIMS, "sub": "eve"}).encode())
    with pytest.raises(Forged):
        OURS.read(f"{header}.{other}.{signature}")


@pytest.mark.parametrize(
    "header", [{}, {"alg": "none"}, {"alg": "HS256", "typ": "JWT", "kid": "1"}]
)
def test_a_header_chooses_nothing(header: dict[str, str]) -> None:
    _, payload, signature = OURS.write(CLAIMS).split(".")
    with pytest.raises(UnknownHeader):
        OURS.read(f"{base64url.encode(json.dumps(header).encode())}.{payload}.{signature}")


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c.d", "é.b.c", "a" * 9000, "=.=.="])
def test_what_is_no_token_is_none(text: str) -> None:
    with pytest.raises(Malformed):
        OURS.read(text)


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_short_secret_is_none(secret: str) -> None:
    with pytest.raises(UnusableKey):
        SharedSecret(secret)


def test_its_repr_is_silent() -> None:
    assert repr(OURS) == "SharedSecret()"
