"""The contrasts: which colours of a theme meet in our sheets, and how far apart they must be."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from app.domain.themes import Colours, Theme
from app.lib.colours import Colour, contrast, shades
from app.lib.stylesheets import default_colours

TEXT = 4.5  # WCAG 2.2, 1.4.3
PART = 3.0  # 1.4.11: what tells a control, its state or the focus
ShownScheme = Literal["light", "dark"]
SCHEMES: tuple[ShownScheme, ...] = ("light", "dark")
Palette = Mapping[str, Colour]


class Pair(NamedTuple):
    """Two colours that meet: `fore` stands on `back`; both name a token or a mixture of some."""

    fore: str
    back: str
    least: float
    where: str


# Mixtures that the sheets make themselves, as they make them.
_SOFT = 0.08
_PRESSED = 0.88
MIXTURES: Mapping[str, Callable[[Palette], Colour]] = {
    "soft": lambda p: p["accent"].over(p["surface"], _SOFT),
    "pressed": lambda p: p["accent"].over(p["ink"], _PRESSED),
}
_IN_WORDS = {"soft": "`surface` tinted with `accent`", "pressed": "`accent` with some `ink`"}
_MADE_OF = {"soft": ("surface", "accent"), "pressed": ("accent", "ink")}
PAIRS = (
    Pair("ink", "surface", TEXT, "the text of the card"),
    Pair("ink", "control", TEXT, "what is typed into a control"),
    Pair("ink", "soft", TEXT, "a choice that is chosen or pointed at"),
    Pair("muted", "surface", TEXT, "a hint"),
    Pair("muted", "control", PART, "the arrow of a list"),
    Pair("accent", "surface", TEXT, "a link"),
    Pair("accent", "soft", TEXT, "a button in a list that is pointed at"),
    Pair("accent", "control", PART, "what is chosen"),
    Pair("accent_ink", "accent", TEXT, "the save button"),
    Pair("accent_ink", "pressed", TEXT, "the save button that is pointed at"),
    Pair("danger", "surface", TEXT, "an error"),
    Pair("danger", "control", PART, "the border of a control with an error"),
    Pair("line", "surface", PART, "the border of a control on the card"),
    Pair("line", "control", PART, "the border of a control around its inside"),
)


class Flaw(NamedTuple):
    """A pair that is too close: the member of the theme to change, and a sentence."""

    path: tuple[str, str]
    message: str


def flaws_of(theme: Theme) -> Iterator[Flaw]:
    """Every pair of a theme that somebody could not read or see, in both schemes.

    What the reader has set counts, and a ticket may ask for either: so `mode` spares none.
    """
    for scheme in SCHEMES:
        written = written_colours(getattr(theme, scheme))
        palette = {**default_colours(scheme), **written}
        for pair in PAIRS if written else ():
            ratio = contrast(*_met(pair, palette))
            if ratio < pair.least:
                key = _to_change(pair, written)
                told = _told(pair, ratio) + _suggested(key, pair, palette)
                yield Flaw((scheme, key), told)


def written_colours(colours: Colours) -> dict[str, Colour]:
    """The colours that a theme says itself, by key."""
    said = ((key, getattr(colours, key)) for key in Colours.model_fields)
    return {key: Colour.read(one) for key, one in said if one}


def _met(pair: Pair, palette: Palette) -> tuple[Colour, Colour]:
    return _seen(pair.fore, palette), _seen(pair.back, palette)


def _seen(name: str, palette: Palette) -> Colour:
    mixture = MIXTURES.get(name)
    return mixture(palette) if mixture else palette[name]


def _tokens(pair: Pair) -> tuple[str, ...]:
    """The tokens in a pair: first the one in front."""
    return pair.fore, *_MADE_OF.get(pair.back, (pair.back,))


def _to_change(pair: Pair, written: Palette) -> str:
    """The token to change is one that the theme says itself: first the one in front."""
    return next(key for key in _tokens(pair) if key in written)


def _told(pair: Pair, ratio: float) -> str:
    back = _IN_WORDS.get(pair.back, f"`{pair.back}`")
    # Rounded down: 4.499 must not be told as 4.5, which would be enough.
    shown = int(ratio * 100) / 100
    return (
        f"`{pair.fore}` on {back} has a contrast of {shown:.2f}:1, "
        f"{pair.where} needs {pair.least:g}:1"
    )


def _suggested(key: str, pair: Pair, palette: Palette) -> str:
    """The nearest shade of the same hue that is good wherever it stands, else in this pair."""
    concerned = [one for one in PAIRS if key in _tokens(one)]
    for pairs in (concerned, [pair]):
        for shade in shades(palette[key]):
            tried = {**palette, key: shade}
            if all(contrast(*_met(one, tried)) >= one.least for one in pairs):
                return f'; for example `{key}: "{shade}"`'
    return f"; no `{key}` of this hue has it: change the other colour too"
