"""Colours: read as CSS reads them, compared as WCAG does, and moved in lightness alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.colours import Colour, contrast, shades

BYTES = st.integers(0, 255)
COLOURS = st.tuples(BYTES, BYTES, BYTES).map(lambda rgb: Colour(*(one / 255 for one in rgb)))


@pytest.mark.parametrize(
    ("written", "read"), [("#2f5bc4", "#2f5bc4"), ("#ABC", "#aabbcc"), ("#FFFFFF", "#ffffff")]
)
def test_three_and_six_digits_are_a_colour(written: str, read: str) -> None:
    assert str(Colour.read(written)) == read


@pytest.mark.parametrize(
    "written",
    ["", "#", "#ff", "#ffff", "#fffffff", "#ggg", "red", "rgb(0,0,0)", "#fff;", " #fff", "#fff\n"],
)
def test_anything_else_is_none(written: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        Colour.read(written)


# Known pairs: black on white, the lightest grey that is good for text, and the one after it.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#fff", 21.0),
        ("#fff", "#fff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_a_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(Colour.read(one), Colour.read(other)) == pytest.approx(ratio, abs=0.005)


def test_a_mixture_lies_between() -> None:
    black, white = Colour.read("#000"), Colour.read("#fff")
    assert str(black.over(white, 0.08)) == "#ebebeb"
    assert black.over(white, 1.0) == black


@given(COLOURS, COLOURS)
def test_a_contrast_has_no_direction_and_its_bounds(one: Colour, other: Colour) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1.0 <= contrast(one, other) <= 21.0


@given(COLOURS)
def test_what_is_written_is_read_again(colour: Colour) -> None:
    assert str(Colour.read(str(colour))) == str(colour)


@pytest.mark.parametrize("written", ["#2f5bc4", "#ffcc00", "#808080", "#00ff00"])
def test_the_nearest_shade_is_the_colour_itself_or_its_neighbour(written: str) -> None:
    colour = Colour.read(written)
    nearest = shades(colour)[0]
    assert max(abs(a - b) for a, b in zip(colour, nearest, strict=True)) <= 3 / 255


@pytest.mark.parametrize("written", ["#2f5bc4", "#ffcc00", "#000000", "#ffffff", "#b3261e"])
def test_every_hue_reaches_black_and_white(written: str) -> None:
    reached = set(map(str, shades(Colour.read(written))))
    assert {"#000000", "#ffffff"} <= reached


def test_a_shade_keeps_its_hue() -> None:
    darker = next(s for s in shades(Colour.read("#ffcc00")) if s.luminance < 0.2)
    assert darker.red > darker.green > 4 * darker.blue
