"""The scripts we serve: several files as one."""

from functools import cache

from app.lib import assets


@cache
def script(*names: str) -> assets.Asset:
    """The files, in that order, as one."""
    return assets.packed(b";".join(assets.path(name).read_bytes() for name in names))
