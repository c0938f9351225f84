"""Reading YAML 1.2 plainly, telling every flaw with its line, and writing it back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib import yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("on", "on"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("10:30", "10:30"),
        ("1_000", "1_000"),
        ("2026-01-02", "2026-01-02"),
        ("-", "-"),
        ("<<", "<<"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("''", ""),
        ("[1, [a]]", (1, ("a",))),
        ("{}", {}),
    ],
)
def test_only_numbers_booleans_and_null_are_more_than_text(written: str, value: Any) -> None:
    reading = yaml.read(f"- {written}".encode() if written != "-" else b"['-']")
    assert reading.flaws == []
    assert reading.value == (value,)
    assert type(reading.value[0]) is type(value)


def test_keys_stay_words() -> None:
    assert yaml.read(b"{on: 1, no: 2, 3: 4}").value == {"on": 1, "no": 2, "3": 4}


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (b"", 1, "the document is empty"),
        (b"# nothing\n", 1, "the document is empty"),
        (b"a: 1\nb: 2\na: 3\n", 3, "`a` is written twice (also in line 1)"),
        (b"a: 1\nb: &x 2\n", 2, "anchors (&) are not read: write the value where it is used"),
        (b"a: !!str 2\n", 1, "tags are not read: leave out tag:yaml.org,2002:str"),
        (b"a: 1\n---\nb: 2\n", 2, "write one document in a file"),
        (b"a: .inf\n", 1, "write a finite number; a text needs quotes"),
        (b"a: 1e999\n", 1, "write a finite number; a text needs quotes"),
        (b"a: " + b"9" * 101, 1, "this number is too long; a text needs quotes"),
        (b"a: 1\nb: \x00", 2, "remove the control character U+0000"),
        (b"a: 1\nb: \xff", 2, "this is not UTF-8: save the file as UTF-8"),
        (b"a: 'b", 1, "this is not YAML: a quote is not closed"),
        (b"a: [1\n", 2, "this is not YAML: a comma or a closing ] is missing"),
        (b"a: {b: 1\n", 2, "this is not YAML: a comma or a closing } is missing"),
        (b"[" * 40, 1, "nested deeper than 32"),
        (b"? [a]\n: 1\n", 1, "a key is one word"),
        (b"a" * (yaml.LARGEST + 1), 1, "a document has at most 4 MB"),
    ],
)
def test_a_flaw_has_its_line(source: bytes, line: int, message: str) -> None:
    assert yaml.read(source).flaws == [yaml.Flaw(line, message)]


def test_an_alias_is_not_followed() -> None:
    reading = yaml.read(b"a: &x [1, 1]\nb: *x\n")
    assert [flaw.line for flaw in reading.flaws] == [1, 2]
    assert reading.value["b"] is None


def test_all_flaws_are_told_at_once() -> None:
    reading = yaml.read(b"a: !x 1\na: 2\nb: .nan\n")
    assert [flaw.line for flaw in reading.flaws] == [1, 2, 3]


def test_a_byte_order_mark_is_nothing() -> None:
    assert yaml.read(b"\xef\xbb\xbfa: 1").value == {"a": 1}


def test_a_place_is_that_of_the_key_or_of_the_nearest_part_written() -> None:
    place = yaml.read(b"a:\n  b:\n  - c\n  - d: 1\n").place
    assert place.at(("a", "b")).line == 2
    assert place.at(("a", "b", 1, "d")).line == 4
    assert place.at(("a", "x", "y")).line == 1


plain = st.none() | st.booleans() | st.integers(-(10**30), 10**30)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
spelled = st.sampled_from(["on", "1e3", "0o7", "1.", ".5", "~", "=", "- a", "a: b", "#", "x\ny\n"])
values = st.recursive(
    plain | st.floats(allow_nan=False, allow_infinity=False) | texts | spelled,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_again(value: Any) -> None:
    reading = yaml.read(yaml.write(value).encode())
    assert reading.flaws == []
    assert reading.value == value
