"""A key of a site is one that can verify: what could not would only fail at the first visit."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from pydantic import ValidationError

from app.domain.sites import SiteKey

GOOD: dict[str, Any] = {
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "ES256": ECKey.generate_key("P-256"),
    "RS256": RSAKey.generate_key(2048),
}
BAD = [
    ("Ed25519", OKPKey.generate_key("X25519")),
    ("Ed25519", OKPKey.generate_key("Ed448")),
    ("ES256", ECKey.generate_key("P-384")),
    ("RS256", ECKey.generate_key("P-256")),
]


def public(key: Any) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


@pytest.mark.parametrize("alg", GOOD)
def test_a_public_key_for_its_algorithm_is_taken(alg: str) -> None:
    key = SiteKey.model_validate({"kid": "k1", "alg": alg, "jwk": public(GOOD[alg])})
    assert key.alg == alg


@pytest.mark.parametrize(("alg", "key"), BAD)
def test_a_key_that_cannot_verify_is_a_mistake(alg: str, key: Any) -> None:
    with pytest.raises(ValidationError, match="not a public key"):
        SiteKey.model_validate({"kid": "k1", "alg": alg, "jwk": public(key)})


def test_a_private_key_does_not_belong_into_the_document() -> None:
    jwk = GOOD["Ed25519"].as_dict(private=True)
    with pytest.raises(ValidationError, match="private key"):
        SiteKey.model_validate({"kid": "k1", "alg": "Ed25519", "jwk": jwk})
