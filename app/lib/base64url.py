"""The URL-safe spelling of bytes, without padding, of which there is exactly one per value."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def encode(raw: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of a canonical spelling. Raises ValueError for every other one."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    # The decoder skips strange characters and stray bits: only what we would write ourselves
    # counts, or one value would have many spellings and a digest of the text would mean nothing.
    if encode(raw) != text:
        raise ValueError("not canonical base64url")
    return raw
