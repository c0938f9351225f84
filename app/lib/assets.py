"""The files that are not Python: where each one is, in a checkout and in an installed wheel.

A file's name is its path from the root of the checkout: `components/field/field.html`. A wheel
keeps what stands beside the package in a checkout below `app/_root`.
"""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha384
from pathlib import Path, PurePosixPath

import brotli

PACKAGE = Path(__file__).resolve().parent.parent
INSTALLED = PACKAGE / "_root"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as the network sends it: its bytes, plain and compressed, and its fingerprint."""

    plain: bytes
    gzip: bytes
    brotli: bytes
    integrity: str  # `sha384-…`, as Subresource Integrity writes it


def roots() -> tuple[Path, ...]:
    """The directories from which names of files and templates are read, first match wins."""
    if INSTALLED.is_dir():
        return INSTALLED, PACKAGE.parent
    return (PACKAGE.parent,)


def path(name: str) -> Path:
    """The place of a file or directory named by its path from the root.

    Raises ValueError for a name that could leave the root, and says nothing about existence.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
        raise ValueError("not the name of an asset")
    return (PACKAGE.parent if parts[0] == "app" else roots()[0]).joinpath(*parts)


@cache
def asset(name: str) -> Asset:
    """The file `name`, compressed once per process. Raises FileNotFoundError."""
    return packed(path(name).read_bytes())


def packed(plain: bytes) -> Asset:
    """These bytes as the network sends them."""
    return Asset(
        plain=plain,
        gzip=gzip.compress(plain, 9, mtime=0),
        brotli=_brotli(plain),
        integrity="sha384-" + b64encode(sha384(plain).digest()).decode(),
    )


def _brotli(plain: bytes) -> bytes:
    """As small as it gets: a small window, and the mode for fonts, do better for some files."""
    usual: bytes = brotli.compress(plain)
    other: bytes = brotli.compress(plain, mode=brotli.MODE_FONT, lgwin=16)
    return min(usual, other, key=len)
