"""A host's page is read, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.doctor.embeds import find_embeds
from app.doctor.markup import read_markup

PAGE = "https://shop.example/a/b"


def kinds(text: str) -> list[tuple[str, str, str]]:
    found = find_embeds(read_markup(text), PAGE)
    return [(one.kind, one.site, one.url) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<ASK-ONCE SITE=acme.shop>", [("element", "acme.shop", "")]),
        (
            "<iframe src='https://ask.example/v1/frames/T0ken'>",
            [("frame", "", "https://ask.example/v1/frames/T0ken")],
        ),
        (
            "<iframe src=/v1/sites/acme.shop/frame?locale=de>",
            [("frame", "acme.shop", "https://shop.example/v1/sites/acme.shop/frame?locale=de")],
        ),
        ("<iframe src='https://video.example/v1/frames'>", []),
        (
            "<form action=//ask.example/v1/frames/x target=f>",
            [("form", "", "https://ask.example/v1/frames/x")],
        ),
        ("<form action=/cart>", []),
        (
            "<base href='https://ask.example/'><div data-hx-post=v1/sites/acme.shop/profile/4>",
            [("mount", "acme.shop", "https://ask.example/v1/sites/acme.shop/profile/4")],
        ),
        (
            "<div hx-get=/v1/sites/a.b/fragments/2?on=login />",
            [("mount", "a.b", "https://shop.example/v1/sites/a.b/fragments/2?on=login")],
        ),
        ("<!-- <ask-once site=x> --><template><ask-once></ask-once></template>", []),
        ("<script>'<ask-once site=x>'</script>", []),
        ("<![endif]><![foo[ <ask-once site=y>", []),
        ("<![CDATA[x]]><ask-once site=y>", [("element", "y", "")]),
    ],
)
def test_embeds_are_found_by_what_they_ask_for(
    text: str, found: list[tuple[str, str, str]]
) -> None:
    assert kinds(text) == found


def test_what_stands_above_is_known_also_where_nesting_is_broken() -> None:
    markup = read_markup("<body hx-boost><p><br><div></span><i></p><ask-once>")
    (element,) = markup.all("ask-once")
    assert [one.name for one in element.above] == ["body"]


def test_of_an_attribute_written_twice_the_first_counts() -> None:
    (element,) = read_markup("<ask-once site=a SITE=b hidden>").all("ask-once")
    assert element.attributes == {"site": "a", "hidden": ""}


def test_a_script_s_text_is_its_own() -> None:
    (one, two) = read_markup("<script>a < b && '<p>'</script>x<script>c</script>").all("script")
    assert (one.text, two.text) == ("a < b && '<p>'", "c")


@given(st.text(alphabet=st.sampled_from("<>!-[]/= '\"\nabdiv&;?scriptCDATA"), max_size=60))
def test_no_page_stops_the_reader(text: str) -> None:
    assert find_embeds(read_markup(text), PAGE) == []
