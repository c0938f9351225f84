"""Sealing: what we hand to strangers or lay on disk, and later believe only if we wrote it.

A seal is AES-256-GCM-SIV (RFC 8452): a nonce that chance repeats costs nothing but the
knowledge that two texts were equal, so that one key serves for the life of a secret.
"""

import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.lib import base64url

VERSION = 1
SECRET_BYTES = 32
_NONCE = 12
_TAG = 16
_HEAD = 2  # the format's version, the secret's id


class Unsealable(Exception):
    """It was not sealed by us, for this purpose, bound to this. Which of them is not said."""

    def __init__(self) -> None:
        super().__init__("this cannot be opened")


class Keyring:
    """The keys of every purpose, derived from the master secrets by HKDF-SHA256 (RFC 5869)."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets or min(map(len, secrets)) < SECRET_BYTES:
            raise ValueError(f"a keyring needs secrets of at least {SECRET_BYTES} bytes")
        self._first = _secret_id(secrets[0])
        # By id, so that a rotation tries one key and not all; two secrets may share an id.
        self._secrets: dict[int, list[bytes]] = {}
        for secret in secrets:
            self._secrets.setdefault(_secret_id(secret), []).append(secret)

    @classmethod
    def from_secrets(cls, secrets: Sequence[str]) -> "Keyring":
        """The first secret seals, each of them opens. Raises ValueError for none or a short one."""
        return cls([secret.encode("utf-8") for secret in secrets])

    def seal_bytes(self, purpose: str, payload: bytes, bound: bytes = b"") -> bytes:
        """Seal a payload; it opens only for the same purpose, bound to the same bytes."""
        head = bytes((VERSION, self._first))
        nonce = os.urandom(_NONCE)
        cipher = _cipher(self._secrets[self._first][0], purpose)
        return head + nonce + cipher.encrypt(nonce, payload, _associated(head, purpose, bound))

    def open_bytes(self, purpose: str, sealed: bytes, bound: bytes = b"") -> bytes:
        """The payload. Raises Unsealable."""
        if len(sealed) < _HEAD + _NONCE + _TAG or sealed[0] != VERSION:
            raise Unsealable
        head, nonce, rest = sealed[:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        associated = _associated(head, purpose, bound)
        for secret in self._secrets.get(sealed[1], ()):
            try:
                return _cipher(secret, purpose).decrypt(nonce, rest, associated)
            except InvalidTag:
                continue
        raise Unsealable

    def seal(self, purpose: str, payload: bytes, bound: bytes = b"") -> str:
        """The same as URL-safe text: four characters for three bytes, after 30 bytes of ours."""
        return base64url.encode(self.seal_bytes(purpose, payload, bound))

    def open(self, purpose: str, text: str, bound: bytes = b"") -> bytes:
        """The payload of such a text. Raises Unsealable, also for another spelling of it."""
        try:
            sealed = base64url.decode(text)
        except ValueError:
            raise Unsealable from None
        return self.open_bytes(purpose, sealed, bound)

    def fingerprint(self, purpose: str, *parts: bytes) -> bytes:
        """HMAC-SHA256 (32 bytes) of the parts and of where one ends; changes with the secret."""
        key = _derive(self._secrets[self._first][0], "fingerprint", purpose)
        spelled = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(key, spelled, "sha256")


def _associated(head: bytes, purpose: str, bound: bytes) -> bytes:
    # Purposes are words of our own and hold no NUL: so the three parts cannot be confused.
    return head + purpose.encode("ascii") + b"\0" + bound


def _secret_id(secret: bytes) -> int:
    return _derive(secret, "id", "")[0]


@lru_cache(maxsize=256)
def _cipher(secret: bytes, purpose: str) -> AESGCMSIV:
    return AESGCMSIV(_derive(secret, "seal", purpose))


@lru_cache(maxsize=256)
def _derive(secret: bytes, use: str, purpose: str) -> bytes:
    spelled = f"askonce/{VERSION}/{use}/{purpose}".encode("ascii")
    return HKDF(SHA256(), length=32, salt=None, info=spelled).derive(secret)
