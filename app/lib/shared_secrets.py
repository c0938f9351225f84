"""The shared secret: a JWT (RFC 7519) that two sides sign with one key, HS256 and nothing else."""

import hmac
from typing import Any

import msgspec

from app.lib import base64url
from app.lib.signatures import SECRET_BYTES, Malformed, UnknownHeader, UnusableKey
from app.lib.strict_json import read_object

LARGEST = 8 * 1024  # characters
_HEADER = base64url.encode(b'{"alg":"HS256","typ":"JWT"}')


class Forged(Exception):
    """The secret did not sign it."""


class SharedSecret:
    """A secret of at least 32 bytes (RFC 7518 section 3.2), and the one algorithm it is for."""

    def __init__(self, secret: str) -> None:
        """Raises UnusableKey for one that is too short."""
        self._secret = secret.encode("utf-8")
        if len(self._secret) < SECRET_BYTES:
            raise UnusableKey("the secret is too short")

    def __repr__(self) -> str:
        return "SharedSecret()"

    def read(self, text: str) -> dict[str, Any]:
        """What a token says. Raises Malformed, UnknownHeader, Forged.

        Its header can choose nothing: it names this algorithm and this type, or is refused.
        """
        if len(text) > LARGEST or not text.isascii():
            raise Malformed("not a token")
        header, _, rest = text.partition(".")
        payload, _, signature = rest.partition(".")
        try:
            self._check_header(read_object(base64url.decode(header)))
            if not hmac.compare_digest(base64url.decode(signature), self._sign(header, payload)):
                raise Forged
            return read_object(base64url.decode(payload))
        except ValueError:
            raise Malformed("not a token of two JSON objects") from None

    def write(self, claims: dict[str, Any]) -> str:
        """A token that says this."""
        payload = base64url.encode(msgspec.json.encode(claims))
        return f"{_HEADER}.{payload}.{base64url.encode(self._sign(_HEADER, payload))}"

    def _sign(self, header: str, payload: str) -> bytes:
        return hmac.digest(self._secret, f"{header}.{payload}".encode(), "sha256")

    @staticmethod
    def _check_header(header: dict[str, Any]) -> None:
        if header != {"alg": "HS256", "typ": "JWT"}:
            raise UnknownHeader
