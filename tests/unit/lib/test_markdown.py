"""What an operator's text may hold, and what it may not."""

import pytest

from app.lib.markdown import rich

LINK = 'target="_blank"'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Plain & simple <b>", "Plain &amp; simple &lt;b&gt;"),
        ("*soft* and **strong**", "<em>soft</em> and <strong>strong</strong>"),
        ("snake_case stays", "snake_case stays"),
        ("# no heading\n- no list", "# no heading\n- no list"),
        ("`no code` ![no](https://image.example/a.png)", None),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](http://plain.example)", "[x](http://plain.example)"),
        ("[x](//other.example)", "[x](//other.example)"),
        ("<script>*a*</script>", "&lt;script&gt;<em>a</em>&lt;/script&gt;"),
    ],
)
def test_a_text_holds_emphasis_and_nothing_dangerous(written: str, shown: str | None) -> None:
    markup = str(rich(written))
    assert shown is None or markup == shown
    assert "<img" not in markup
    assert "<code" not in markup


def test_a_link_opens_beside_the_page_and_tells_nobody() -> None:
    markup = str(rich("Read [our *policy*](https://shop.example/privacy?a=1&b=2)."))
    assert 'href="https://shop.example/privacy?a=1&amp;b=2"' in markup
    assert 'rel="noopener noreferrer"' in markup
    assert LINK in markup
    assert "<em>policy</em>" in markup
