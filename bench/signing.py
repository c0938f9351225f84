"""The benchmark's site as a backend: it signs who somebody is, anew for each request."""

import secrets
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.lib import base64url

SITE = "bench.shop"
ORIGIN = "https://shop.example"
LIFETIME = 60  # seconds
# From words that everybody can read: the public half stands in askonce.yaml.
_SEED = sha256(b"the benchmark's own key, a secret to nobody").digest()
_KEY = Ed25519PrivateKey.from_private_bytes(_SEED)


def _segment(said: object) -> str:
    return base64url.encode(msgspec.json.encode(said))


_HEADER = _segment({"alg": "Ed25519", "kid": "bench", "typ": "askonce+jwt"})


_STRANGERS = Ed25519PrivateKey.from_private_bytes(sha256(b"somebody else's key").digest())


def forged(assertion: str, kid: str = "bench") -> str:
    """The same, said by a stranger who knows everything but the key; `kid` is what they call it."""
    claims = assertion.split(".")[1]
    header = _segment({"alg": "Ed25519", "kid": kid, "typ": "askonce+jwt"})
    signed = f"{header}.{claims}"
    return f"{signed}.{base64url.encode(_STRANGERS.sign(signed.encode()))}"


def assertion(sub: str, audience: str, at: int, auth_time: int) -> str:
    """That this person is in the site's page, said at `at` (seconds), good for a minute."""
    claims = {
        "iss": SITE,
        "sub": sub,
        "aud": audience,
        "iat": at,
        "exp": at + LIFETIME,
        "origin": ORIGIN,
        "mode": "htmx",
        "locale": "en",
        "auth_time": auth_time,
        "jti": secrets.token_urlsafe(16),  # or one person's of one second are the same token
    }
    signed = f"{_HEADER}.{_segment(claims)}"
    return f"{signed}.{base64url.encode(_KEY.sign(signed.encode()))}"
