"""A site's backend as the tests need it: it signs what it should, and what it never should."""

import json
from typing import Any

from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from app.domain.sites import Site, SiteKey
from app.lib import base64url

AnyKey = OKPKey | ECKey | RSAKey | OctKey

OURS = "https://ask.example"
SHOP = "https://shop.example"
SECRET = b"a secret that the shop shares with us"
ED25519 = OKPKey.generate_key("Ed25519")
ES256 = ECKey.generate_key("P-256")
RS256 = RSAKey.generate_key(2048)
HS256 = OctKey.import_key(SECRET)
CLUBS = OKPKey.generate_key("Ed25519")


def site_key(kid: str, alg: str, key: AnyKey) -> SiteKey:
    return SiteKey.model_validate({"kid": kid, "alg": alg, "jwk": key.as_dict(private=False)})


def shop(**changes: Any) -> Site:
    """The site Shop, with a key of each algorithm."""
    return Site.model_validate(
        {
            "name": "Shop",
            "origins": [SHOP, "https://www.shop.example"],
            "supplies": ["given_name", "plan"],
            "keys": [
                site_key("k1", "Ed25519", ED25519),
                site_key("k2", "ES256", ES256),
                site_key("k3", "RS256", RS256),
                SiteKey(kid="k4", alg="HS256", secret_env="SHOP_SECRET"),
            ],
            **changes,
        }
    )


def segment(said: Any) -> str:
    """JSON of anything, or these very bytes, as a segment of a token."""
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64url.encode(raw)


def sign(header: Any, claims: Any, alg: str = "Ed25519", key: AnyKey = ED25519) -> str:
    """A token of whatever is given, truly signed with that key."""
    signed = f"{segment(header)}.{segment(claims)}"
    signature = JWSRegistry(algorithms=[alg]).get_alg(alg).sign(signed.encode(), key)
    return f"{signed}.{base64url.encode(signature)}"


def forge(token: str) -> str:
    """The same token under a signature that nobody made."""
    signed, _, signature = token.rpartition(".")
    raw = base64url.decode(signature)
    return f"{signed}.{base64url.encode(raw[:-1] + bytes([raw[-1] ^ 1]))}"
