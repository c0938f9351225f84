"""Signatures: a compact JWS (RFC 7515) taken apart strictly, and whether a known key signed it."""

from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from app.lib import base64url
from app.lib.strict_json import read_object

try:
    from ed25519_zebra import ed_verify
except ImportError:  # it has no wheel for the newest Python everywhere; OpenSSL knows the same
    ed_verify = None

REMEMBERED = 1024
SECRET_BYTES = 32  # RFC 7518 section 3.2: as long as the hash
RSA_BITS = 2048  # RFC 7518 section 3.3
_ED25519_BYTES = 64  # of a signature (RFC 8032 section 5.1.6)
# The points of order 1, 2, 4 and 8, by their y in little-endian order, with and without a multiple
# of the field's prime: whoever is known by such a key has signed everything.
_P = 2**255 - 19
_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL = frozenset((0, 1, _P - 1, _P, _P + 1, _ORDER_8, _P - _ORDER_8))
Verify = Callable[[bytes, bytes], bool]  # what was signed, its signature
_KEY_TYPES: dict[str, type[OKPKey] | type[ECKey] | type[RSAKey]] = {
    "Ed25519": OKPKey,
    "ES256": ECKey,
    "RS256": RSAKey,
}


class Malformed(ValueError):
    """The text is not a compact JWS of two JSON objects. Its message never quotes the text."""


class UnknownHeader(Exception):
    """The header is not `alg`, `kid` and `typ`, each a text, and nothing else.

    `jku`, `jwk`, `x5u`, `crit` and `b64` (RFC 7515 section 4.1, RFC 7797) are ways to let a
    stranger choose key or meaning.
    """


class UnusableKey(ValueError):
    """The key cannot verify with this algorithm: an operator's mistake, never a stranger's."""


def algorithm(name: str) -> str:
    """The name of today: RFC 9864 writes `Ed25519` for what RFC 8037 called `EdDSA`."""
    return "Ed25519" if name == "EdDSA" else name


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which key of what algorithm signed what type of text: so it says itself."""

    alg: str
    kid: str
    typ: str


class Compact(msgspec.Struct, frozen=True):
    """A JWS whose header was read. Nothing about it is true before a Verifier holds for it."""

    header: Header
    payload: str  # still base64url
    signed: bytes
    signature: bytes

    def __repr__(self) -> str:
        return f"Compact({self.header})"

    @classmethod
    def read(cls, text: str) -> "Compact":
        """Take a text apart. Raises Malformed, UnknownHeader."""
        try:
            signed, _, signature = text.rpartition(".")
            header, payload = signed.split(".")
            return cls(
                header=_read_header(header),
                payload=payload,
                signed=signed.encode("ascii"),
                signature=base64url.decode(signature),
            )
        except ValueError:
            raise Malformed("not a compact JWS") from None

    def claims(self) -> dict[str, Any]:
        """The payload as one JSON object. Raises Malformed."""
        try:
            return read_object(base64url.decode(self.payload))
        except ValueError:
            raise Malformed("the payload is not a JSON object") from None


def key_id(text: str) -> str:
    """The `kid` in the header of a text, whatever else is wrong with it.

    Raises Malformed, UnknownHeader.
    """
    try:
        return _read_header(text.partition(".")[0]).kid
    except ValueError:
        raise Malformed("not a compact JWS") from None


@lru_cache(maxsize=256)
def _read_header(segment: str) -> Header:
    # Every token of a key has the same one.
    try:
        return msgspec.convert(read_object(base64url.decode(segment)), Header)
    except msgspec.ValidationError:
        raise UnknownHeader from None


class Verifier:
    """A public key (or shared secret) with its one algorithm, which no header can change."""

    def __init__(self, name: str, key: dict[str, Any] | bytes) -> None:
        """`key` is a JWK, for HS256 the secret's bytes. Raises UnusableKey."""
        name = algorithm(name)
        try:
            self._verify = _verification(name, key)
        except (JoseError, ValueError, TypeError, KeyError):
            raise UnusableKey(f"not a key for {name}") from None
        self._held: dict[bytes, None] = {}

    def holds(self, token: Compact) -> bool:
        """Whether this key signed the token; the last 1,024 that it did are remembered.

        Only the digest is kept, and only that the signature held: what the token says is read
        and judged anew each time. The oldest is forgotten first, as the first to expire.
        """
        # What is signed holds one dot: it ends before the second, whatever a signature begins with.
        digest = blake2b(token.signed + b"." + token.signature, digest_size=32).digest()
        if digest in self._held:
            return True
        if not self._verify(token.signed, token.signature):
            return False
        self._held[digest] = None
        if len(self._held) > REMEMBERED:
            del self._held[next(iter(self._held))]
        return True


def _verification(name: str, written: dict[str, Any] | bytes) -> Verify:
    key = _import_key(name, written)
    # The registry warns of algorithms by their old names and never offers `none` here.
    way = JWSRegistry(algorithms=[name]).get_alg(name)
    way.check_key(key)
    key.check_key_op("verify")
    if isinstance(key, OKPKey):
        public = key.public_key.public_bytes_raw()
        if int.from_bytes(public, "little") % 2**255 in _SMALL:
            raise ValueError("a point of small order")
        if ed_verify is not None:
            return partial(_is_ed25519, public)
    return lambda signed, signature: way.verify(signed, signature, key)


def _is_ed25519(key: bytes, signed: bytes, signature: bytes) -> bool:
    """RFC 8032 as ZIP 215 reads it, in less than half of OpenSSL's time.

    It is what a request costs most.
    """
    return len(signature) == _ED25519_BYTES and bool(ed_verify(signature, signed, key))


def _import_key(name: str, key: dict[str, Any] | bytes) -> OctKey | OKPKey | ECKey | RSAKey:
    if isinstance(key, bytes):
        if name != "HS256" or len(key) < SECRET_BYTES:
            raise ValueError("not a shared secret for HS256")
        return OctKey.import_key(key)
    # `alg` may spell the old name; the one that counts stands beside the key, not in it.
    if algorithm(key.get("alg", name)) != name:
        raise ValueError("the key is for another algorithm")
    imported = _KEY_TYPES[name].import_key({k: v for k, v in key.items() if k != "alg"})
    if isinstance(imported, RSAKey) and imported.public_key.key_size < RSA_BITS:
        raise ValueError("the key is too short")
    return imported
