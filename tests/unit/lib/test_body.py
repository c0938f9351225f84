from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.body import (
    DRAINED,
    FORM,
    JSON,
    LARGEST_FORM,
    LARGEST_JSON,
    BadBody,
    TooLarge,
    parse_form,
    read_form,
    read_json,
)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


class Sender:
    """A client that sends chunk after chunk, and knows how much of it was taken."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.taken += len(chunk)
            yield chunk


async def refusal(sender: Sender, content_type: str = FORM) -> tuple[int, str]:
    with pytest.raises(BadBody) as refused:
        await read_form(sender, content_type)
    return refused.value.status, refused.value.code


async def refusal_of_json(sender: Sender, content_type: str = JSON) -> tuple[int, str]:
    with pytest.raises(BadBody) as refused:
        await read_json(sender, content_type)
    return refused.value.status, refused.value.code


@given(st.binary(max_size=40) | st.text("ab=&+%C39", max_size=20).map(str.encode))
def test_a_form_says_what_the_library_reads(raw: bytes) -> None:
    try:
        read = parse_form(raw)
    except BadBody:
        return
    expected: dict[str, list[str]] = {}
    for name, text in parse_qsl(raw.decode(), keep_blank_values=True, errors="strict"):
        expected.setdefault(name, []).append(text)
    assert read == expected


@given(st.lists(st.tuples(texts, texts), max_size=20))
def test_what_a_browser_sends_is_read(pairs: list[tuple[str, str]]) -> None:
    expected: dict[str, list[str]] = {}
    for name, text in pairs:
        expected.setdefault(name, []).append(text)
    assert parse_form(urlencode(pairs).encode()) == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_fields_or_one_refusal(raw: bytes) -> None:
    try:
        fields = parse_form(raw)
    except BadBody:
        return
    for text in [*fields, *(value for values in fields.values() for value in values)]:
        assert "\0" not in text
        assert text.encode("utf-8").decode("utf-8") == text


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"a", {"a": [""]}),
        (b"a=", {"a": [""]}),
        (b"=a", {"": ["a"]}),
        (b"a=1&a=2&b=3", {"a": ["1", "2"], "b": ["3"]}),
        (b"a=1=2", {"a": ["1=2"]}),
        (b"a=1;b=2", {"a": ["1;b=2"]}),
        (b"a+b=c+d%2B", {"a b": ["c d+"]}),
        (b"a=%C3%A9\xc3\xa9", {"a": ["éé"]}),
        (b"a=%F0%9F%98%80", {"a": ["😀"]}),
        (b"a=%0D%0A", {"a": ["\r\n"]}),
        (b"a=%2500", {"a": ["%00"]}),
    ],
)
def test_a_form_is_read_as_it_is_written(raw: bytes, fields: dict[str, list[str]]) -> None:
    assert parse_form(raw) == fields


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"a=\xff", 400, "body_encoding"),
        (b"a=%FF", 400, "body_encoding"),
        (b"a=%C3", 400, "body_encoding"),
        (b"%C3=a", 400, "body_encoding"),
        (b"a=%C0%80", 400, "body_encoding"),
        (b"a=%ED%A0%80", 400, "body_encoding"),
        (b"a=\xed\xb0\x80", 400, "body_encoding"),
        (b"a=%", 400, "body_escape"),
        (b"a=%2", 400, "body_escape"),
        (b"a=%zz", 400, "body_escape"),
        (b"a=%u0041", 400, "body_escape"),
        (b"a=%00", 400, "body_nul"),
        (b"a=\0", 400, "body_nul"),
        (b"%00=a", 400, "body_nul"),
        (b"&".join([b"a=1"] * 501), 413, "body_fields"),
        (b"&".join(b"f%d=1" % n for n in range(10_000)), 413, "body_fields"),
        (b"&" * 500, 413, "body_fields"),
    ],
)
def test_a_form_that_nobody_typed_is_refused(raw: bytes, status: int, code: str) -> None:
    with pytest.raises(BadBody) as refused:
        parse_form(raw)
    assert (refused.value.status, refused.value.code) == (status, code)


def test_five_hundred_fields_are_read() -> None:
    assert parse_form(b"&".join([b"a=1"] * 500)) == {"a": ["1"] * 500}


@pytest.mark.parametrize(
    "content_type",
    [
        FORM,
        f"{FORM}; charset=utf-8",
        f"{FORM};charset=UTF-8",
        FORM.upper(),
        f' {FORM} ; charset="utf-8"',
    ],
)
async def test_the_one_type_of_a_form_has_several_spellings(content_type: str) -> None:
    assert await read_form(Sender(b"a=%C3", b"%A9&b=2"), content_type) == {"a": ["é"], "b": ["2"]}


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        f"{FORM}; charset=latin-1",
        f"{FORM}; charset=utf-8; charset=utf-16",
        f"{FORM}, {FORM}",
        f"{FORM}x",
    ],
)
async def test_a_body_of_another_type_is_refused_unread(content_type: str) -> None:
    sender = Sender(b"a=1")
    assert await refusal(sender, content_type) == (415, "body_type")
    assert sender.taken == 0


async def test_a_form_may_be_as_large_as_that_and_no_larger() -> None:
    value = b"a=" + b"x" * (LARGEST_FORM - 2)
    assert len((await read_form(Sender(value), FORM))["a"][0]) == LARGEST_FORM - 2
    assert await refusal(Sender(value, b"x")) == (413, "body_size")


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        (b"_t=sealed&a=b%20c&text=", {"_t": ["sealed"], "a": ["b c"]}),
        (b"_t=sealed&text=%", {"_t": ["sealed"]}),
        (b"text=", {}),
    ],
)
async def test_of_a_form_that_is_too_large_the_first_fields_are_known(
    raw: bytes, known: dict[str, list[str]]
) -> None:
    with pytest.raises(TooLarge) as caught:
        await read_form(Sender(raw, b"x" * LARGEST_FORM), FORM)
    assert caught.value.fields() == known


async def test_ten_megabytes_are_taken_and_dropped_so_that_the_refusal_is_read() -> None:
    sender = Sender(*[b"x" * 65_536] * 160)
    assert await refusal(sender) == (413, "body_size")
    assert sender.taken == 160 * 65_536


async def test_what_never_ends_is_not_taken_for_ever() -> None:
    sender = Sender(*[b"x" * 65_536] * 1000)
    assert await refusal(sender) == (413, "body_size")
    assert sender.taken <= DRAINED + 65_536


async def test_a_json_object_is_read() -> None:
    assert await read_json(Sender(b'{"sub":', b'"vera"}'), JSON) == {"sub": "vera"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"a":1,"a":2}',
        b'{"a":"\\u0000"}',
        b'{"a":"\\ud800"}',
        b'{"a":' * 9 + b"1" + b"}" * 9,
    ],
)
async def test_json_of_any_other_shape_is_refused(raw: bytes) -> None:
    assert await refusal_of_json(Sender(raw)) == (400, "body_json")


async def test_json_is_bounded_too() -> None:
    written = b'{"a":"' + b"x" * LARGEST_JSON, b'"}'
    assert await refusal_of_json(Sender(*written)) == (413, "body_size")


async def test_a_form_is_no_json() -> None:
    assert await refusal_of_json(Sender(b"a=1"), FORM) == (415, "body_type")
