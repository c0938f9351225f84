"""The sheets we serve, put together from `static/css` and the components, each written once.

`frame`, `editor` and `hosted` are for documents of our own. `fragment` is for a host's: every
declaration in it is important and in a layer, which is what survives a host's own rules.
"""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from app.lib import assets
from app.lib.colours import Colour

Sheet = Literal["frame", "fragment", "hosted", "editor"]

_PARTS = {
    "frame": ("document", "tokens", "ground"),
    "hosted": ("document", "hosted", "tokens", "ground", "schemes"),
    "fragment": ("isolation", "tokens", "ground", "schemes"),
    "editor": (),
}
# What a frame needs for its editor alone, which has a sheet of its own for it.
_EDITOR = ("answer_row",)
_LAYER = re.compile(r"@layer askonce\{(.*)\}", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,>]) ?")
_COLOUR = re.compile(r"var\(--ao-([a-z-]+),\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)\)")
_QUOTED = re.compile(r'="([a-z]+)"')
_ZERO = re.compile(r"(?<![\d.])0\.")
_DECLARATION = re.compile(r"(?<=[{;])([a-z_-]+:[^;{}]+)(?=[;}])")


@cache
def stylesheet(sheet: Sheet) -> assets.Asset:
    """The sheet as the network sends it, put together once per process."""
    return assets.packed(source(sheet).encode())


@cache
def default_colours(scheme: Literal["light", "dark"]) -> Mapping[str, Colour]:
    """What the sheets use where a theme says nothing, by the theme's key: `accent_ink`."""
    found = _COLOUR.findall(assets.path("static/css/tokens.css").read_text("utf-8"))
    return {
        token.replace("-", "_"): Colour.read(light if scheme == "light" else dark)
        for token, light, dark in found
    }


@cache
def fingerprint(sheet: Sheet) -> str:
    """Twelve characters that change with the sheet, for the address of an immutable file."""
    return sha256(source(sheet).encode()).hexdigest()[:12]


@cache
def source(sheet: Sheet) -> str:
    """The text of the sheet, without what a browser does not need."""
    rules = "".join(_rules(path) for path in _files(sheet))
    if sheet == "fragment":
        rules = _DECLARATION.sub(r"\1!important", rules)
    return f"@layer askonce{{{rules}}}"


def _files(sheet: Sheet) -> list[Path]:
    parts = [assets.path(f"static/css/{part}.css") for part in _PARTS[sheet]]
    components = sorted(assets.path("components").glob("*/*.css"))
    if sheet in ("frame", "editor"):
        components = [one for one in components if (one.stem in _EDITOR) == (sheet == "editor")]
    return parts + components


def _rules(path: Path) -> str:
    """The rules inside of the layer of one file, as short as they can be."""
    text = _SPACE.sub(" ", _COMMENT.sub("", path.read_text("utf-8"))).strip()
    text = _AROUND.sub(r"\1", text).replace(": ", ":").replace(";}", "}")
    text = _QUOTED.sub(r"=\1", _ZERO.sub(".", text))
    layer = _LAYER.fullmatch(text)
    if not layer:
        raise ValueError(f"{path.name} has to be one block: @layer askonce")
    return layer[1]
