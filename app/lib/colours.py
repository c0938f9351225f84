"""Colours: six hexadecimal digits, how two of them stand out, and the nearest that would."""

import re
from functools import lru_cache
from typing import NamedTuple, Self

_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FINE = 500  # steps of lightness from black to white


class Colour(NamedTuple):
    """An opaque colour of sRGB, its channels from 0 to 1."""

    red: float
    green: float
    blue: float

    @classmethod
    def read(cls, written: str) -> Self:
        """`#rgb` or `#rrggbb` (CSS Color 4 section 5.2). Raises ValueError for all else."""
        found = _HEX.fullmatch(written)
        if not found:
            raise ValueError("not a colour like #2f5bc4")
        digits = found[1] if len(found[1]) == 6 else "".join(one * 2 for one in found[1])
        return cls(*(int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)))

    def __str__(self) -> str:
        return "#" + "".join(f"{round(channel * 255):02x}" for channel in self)

    def over(self, other: "Colour", share: float) -> "Colour":
        """This one laid over another at that share, as browsers mix in sRGB."""
        mixed = (a * share + b * (1 - share) for a, b in zip(self, other, strict=True))
        return Colour(*mixed)

    @property
    def luminance(self) -> float:
        """The relative luminance (WCAG 2.2)."""
        red, green, blue = map(_linear, self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    dark, light = sorted((one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=256)
def shades(colour: Colour) -> tuple[Colour, ...]:
    """The same hue from black to white, those nearest in lightness first (Oklab).

    Where sRGB has no such colour, the chroma gives way.
    """
    lightness, a, b = _oklab(colour)
    steps = sorted((n / _FINE for n in range(_FINE + 1)), key=lambda one: abs(one - lightness))
    return tuple(dict.fromkeys(_in_gamut(step, a, b) for step in steps))


def _in_gamut(lightness: float, a: float, b: float) -> Colour:
    """As much of the chroma as sRGB can show, rounded to what eight bits hold."""
    low, high = 0.0, 1.0 if 0 < lightness < 1 else 0.0
    share = high
    for _ in range(10):
        if _fits(_srgb(lightness, a * share, b * share)):
            low = share
        else:
            high = share
        share = (low + high) / 2
    found = _srgb(lightness, a * low, b * low)
    return Colour(*(round(min(max(channel, 0.0), 1.0) * 255) / 255 for channel in found))


def _fits(colour: Colour) -> bool:
    return all(-0.002 <= channel <= 1.002 for channel in colour)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _gamma(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * float(channel ** (1 / 2.4)) - 0.055


def _oklab(colour: Colour) -> tuple[float, float, float]:
    """Lightness and two axes of colour (Oklab, CSS Color 4 section 9)."""
    r, g, b = map(_linear, colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _srgb(lightness: float, a: float, b: float) -> Colour:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return Colour(
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )
