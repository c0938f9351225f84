"""A theme's sheet: a site's tokens as a stylesheet, for our documents and for a host's page."""

from functools import cached_property
from hashlib import sha256
from typing import get_args

from app.domain.contrasts import written_colours
from app.domain.themes import GENERIC, Scheme, Theme
from app.lib.assets import Asset, packed
from app.lib.stylesheets import default_colours

_SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
_PLAIN = "@layer askonce{}"
_DENSITIES = {"comfortable": "1", "compact": "0.8"}


class ThemeSheet:
    """The sheet of one site in one release, made once, and never of a customer's own CSS.

    Its `name` changes with every byte of it. It `is_plain` where the theme says nothing.
    """

    def __init__(self, theme: Theme) -> None:
        self.source = source_of(theme)
        self.name = sha256(self.source.encode()).hexdigest()[:20] + ".css"
        self.is_plain = self.source == _PLAIN

    @cached_property
    def css(self) -> Asset:
        """As the network sends it."""
        return packed(self.source.encode())


def source_of(theme: Theme) -> str:
    """What the theme says, as `--ao-*` of the document: what a host sets itself stays stronger.

    A host's rules are in no layer and win; what it sets nearer to us wins by being nearer.
    """
    declared = "".join(f"--ao-{name}:{text};" for name, text in tokens_of(theme).items())
    return f"@layer askonce{{:root{{{declared}}}}}" if declared else _PLAIN


def tokens_of(theme: Theme) -> dict[str, str]:
    """The tokens that a theme sets, by their names without `--ao-`."""
    light, dark = written_colours(theme.light), written_colours(theme.dark)
    tokens = {}
    for key, ours in default_colours("light").items():
        if key in light or key in dark:
            bright, dim = light.get(key, ours), dark.get(key, default_colours("dark")[key])
            tokens[key.replace("_", "-")] = f"light-dark({bright},{dim})"
    said = theme.model_fields_set
    if theme.font:
        tokens["font"] = ",".join(map(_family, theme.font))
    if "font_size" in said:
        tokens["font-size"] = theme.font_size
    if "density" in said:
        tokens["density"] = _DENSITIES[theme.density]
    lengths = {"radius": theme.radius, "spacing": theme.spacing, "width": theme.width}
    return tokens | {key: text for key, text in lengths.items() if text and key in said}


def wished_scheme(wish: str | None) -> Scheme | None:
    """What a ticket or an element asks for; None where that is nothing we know."""
    return wish if wish in _SCHEMES else None


def _family(name: str) -> str:
    """A family as CSS writes it; a name is always quoted, so that it is never read as a keyword."""
    return name if name in GENERIC else f'"{name}"'
