import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.strict_json import MalformedJson, read_object

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3), max_leaves=5
)


@given(st.dictionaries(texts, values, max_size=5))
def test_an_object_that_can_be_stored_is_read(written: dict[str, Any]) -> None:
    assert read_object(json.dumps(written).encode(), depth=20) == written
    compact = json.dumps(written, separators=(",", ":"), ensure_ascii=False)
    assert read_object(compact.encode(), depth=20) == written


@given(st.binary())
def test_bytes_that_are_no_object_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_object(b"[" + raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{}{}",
        b"{'a':1}",
        b'{"a":1,}',
        b'{"a":1,"a":1}',
        b'{"b":[{"a":1,"a":2}]}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"a":"\\ud800"}',
        b'{"\\udc00":1}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":9223372036854775808}',
        b'{"a":' + b"1" * 5000 + b"}",
        b'{"a":' + b"[" * 60_000,
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_object(raw)


def test_an_escaped_pair_of_surrogates_is_one_character() -> None:
    assert read_object(b'{"a":"\\ud83d\\ude00"}') == {"a": "😀"}


@pytest.mark.parametrize(
    ("raw", "depth"), [(b"{}", 1), (b'{"a":1}', 2), (b'{"a":[]}', 2), (b'{"a":[1]}', 3)]
)
def test_depth_is_counted_in_levels(raw: bytes, depth: int) -> None:
    assert read_object(raw, depth) == json.loads(raw)
    if depth > 1:
        with pytest.raises(MalformedJson, match="too deep"):
            read_object(raw, depth - 1)


def test_a_refusal_never_quotes_the_text() -> None:
    with pytest.raises(MalformedJson) as refused:
        read_object(b'{"name":"Vera"')
    assert "Vera" not in f"{refused.value!r}"
