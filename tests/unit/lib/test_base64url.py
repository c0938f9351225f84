import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib import base64url


@given(st.binary())
def test_what_was_written_is_read(raw: bytes) -> None:
    assert base64url.decode(base64url.encode(raw)) == raw


@given(st.text(alphabet="AQgwx0-_+/=. \n", max_size=12))
def test_what_is_read_has_no_other_spelling(text: str) -> None:
    try:
        raw = base64url.decode(text)
    except ValueError:
        return
    assert base64url.encode(raw) == text


@pytest.mark.parametrize(
    "text", ["A", "AB", "AA==", "AA=", "A A", "AA\n", "+/+/", "AAé", "AAB", "="]
)
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not canonical"):
        base64url.decode(text)
