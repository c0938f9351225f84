"""The theme: how a site's steps look, in values that are read and written anew by us."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from app.domain.parts import Part
from app.lib.colours import Colour

Scheme = Literal["light", "dark", "auto"]

_OF_ANY_READER = "serif sans-serif monospace cursive fantasy"
_OF_THE_SYSTEM = "system-ui ui-serif ui-sans-serif ui-monospace ui-rounded"
GENERIC = frozenset(f"{_OF_ANY_READER} {_OF_THE_SYSTEM}".split())
_LENGTH = re.compile(r"([0-9]{1,3})(\.[0-9]{1,3})?(px|em)")
_SAY_COLOUR = 'write a colour as three or six hexadecimal digits, like "#2f5bc4"'
_EM = 16  # pixels, where the reader has not chosen another size
_FAMILY = re.compile(r"[^\W_]+([ -][^\W_]+)*")


def _colour(written: object) -> object:
    if written is None:
        raise ValueError('write the colour in quotes, like "#2f5bc4": # begins a comment in YAML')
    if not isinstance(written, str):
        return written
    try:
        return str(Colour.read(written))
    except ValueError:
        raise ValueError(_SAY_COLOUR) from None


def _length(low: int, high: int) -> BeforeValidator:
    """A number of `px` or `em` between so many pixels, in its shortest spelling."""

    def read(written: object) -> object:
        text = "0px" if written == "0" or (type(written) is int and written == 0) else written
        found = _LENGTH.fullmatch(text) if isinstance(text, str) else None
        if not found:
            raise ValueError("write a length in px or em, like 8px or 0.5em")
        number = float(found[1] + (found[2] or ""))
        if not low <= number * (_EM if found[3] == "em" else 1) <= high:
            raise ValueError(f"write a length from {low}px to {high}px (1em counts as {_EM}px)")
        return f"{number:g}{found[3]}"

    return BeforeValidator(read)


def _family(written: str) -> str:
    if written not in GENERIC and not _FAMILY.fullmatch(written):
        raise ValueError(
            "write the name of a font as it is, in letters, digits, spaces and hyphens"
        )
    return written


def _ends_generic(families: tuple[str, ...]) -> tuple[str, ...]:
    if not families or families[-1] not in GENERIC:
        raise ValueError(
            "end the list with a family that every reader has, like system-ui or sans-serif"
        )
    return families


HexColour = Annotated[
    str | None,
    BeforeValidator(_colour),
    WithJsonSchema(
        {"type": "string", "pattern": "^#([0-9a-fA-F]{3}){1,2}$", "examples": ["#2f5bc4"]}
    ),
]
_LENGTH_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(px|em)$", "examples": ["8px"]}
)
Family = Annotated[str, Field(max_length=64), AfterValidator(_family)]
Families = Annotated[tuple[Family, ...], AfterValidator(_ends_generic)]


class Colours(Part):
    """The colours of one scheme; one that is left out is ours."""

    ink: HexColour = Field(None, description="Text.")
    muted: HexColour = Field(None, description="Text that matters less, and the skip button.")
    surface: HexColour = Field(None, description="The card.")
    edge: HexColour = Field(None, description="The card's border and lines between rows.")
    control: HexColour = Field(None, description="The inside of a control.")
    line: HexColour = Field(None, description="The border of a control.")
    accent: HexColour = Field(
        None, description="The save button, links, what is chosen, the focus."
    )
    accent_ink: HexColour = Field(None, description="Text on the save button.")
    danger: HexColour = Field(None, description="Errors.")


class Theme(Part):
    """How a site's steps look. What is left out is as it comes."""

    mode: Scheme = Field(
        "auto", description="Light, dark, or what the reader has chosen (in a page: the page)."
    )
    light: Colours = Field(default_factory=Colours, description="The colours in the light.")
    dark: Colours = Field(default_factory=Colours, description="The colours in the dark.")
    font: Families = Field(
        (), max_length=8, description="Families in order; the last one is a generic one."
    )
    font_size: Literal["small", "medium", "large", "x-large"] = Field(
        "medium", description="Relative to the reader's own size."
    )
    radius: Annotated[str, _length(0, 32), _LENGTH_SCHEMA] = Field(
        "8px", description="How round corners are."
    )
    spacing: Annotated[str, _length(4, 48), _LENGTH_SCHEMA] | None = Field(
        None, description="Between the parts of a card; as the density has it when left out."
    )
    width: Annotated[str, _length(160, 960), _LENGTH_SCHEMA] = Field(
        "34em", description="The widest a card becomes."
    )
    density: Literal["comfortable", "compact"] = Field(
        "comfortable", description="How high controls are."
    )
