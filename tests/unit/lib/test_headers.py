"""What stands above a body: the first of what comes twice, whoever spells it."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.headers import headers_of, query_of

PARTS = st.text("ab1=&%+.-_~:/ é", max_size=6)


def test_the_first_of_two_headers_counts() -> None:
    pairs = [(b"origin", b"https://a.example"), (b"x", b"y"), (b"origin", b"https://b.example")]
    kind = (b"content-type", b"\xe9")
    assert headers_of({"headers": [*pairs, kind]}) == {
        "origin": "https://a.example",
        "content-type": "é",
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"", {}),
        (b"on=login", {"on": "login"}),
        (b"on=page&on=click", {"on": "page"}),
        (b"on=&name=a+b&step=%C3%A9", {"name": "a b", "step": "é"}),
        (b"on", {}),
        (b"%zz=%ff&=", {"%zz": "\ufffd"}),
    ],
)
def test_the_first_of_two_members_counts(written: bytes, read: dict[str, str]) -> None:
    assert query_of({"query_string": written}) == read


@given(st.lists(st.tuples(PARTS, PARTS), max_size=4))
def test_a_query_is_read_as_the_library_does(pairs: list[tuple[str, str]]) -> None:
    for written in (urlencode(pairs), "&".join(f"{name}={value}" for name, value in pairs)):
        expected = dict(reversed(parse_qsl(written.encode().decode("latin-1"))))
        assert query_of({"query_string": written.encode()}) == expected
