"""The URL-safe spelling of bytes, without padding, of which there is exactly one per value."""

from binascii import Error, a2b_base64, b2a_base64

_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_TO_PLAIN = bytes.maketrans(b"-_+/=", b"+/   ")


def encode(raw: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return b2a_base64(raw, newline=False).translate(_TO_URL_SAFE, b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of a canonical spelling. Raises ValueError for every other one."""
    try:
        plain = text.encode("ascii").translate(_TO_PLAIN) + b"=" * (-len(text) % 4)
        raw = a2b_base64(plain)
    except (Error, UnicodeEncodeError):
        raise ValueError("not canonical base64url") from None
    # The decoder skips strange characters and stray bits: only what we would write ourselves
    # counts, or one value would have many spellings and a digest of the text would mean nothing.
    if b2a_base64(raw, newline=False) != plain:
        raise ValueError("not canonical base64url")
    return raw
