"""The options of a select, written once."""

import re

import pytest

from app.forms.question import Option
from app.lib.i18n import Wording
from app.lib.option_lists import option_list

CITIES = (Option("b", Wording("Berlin")), Option("k", Wording("Kairo", "de")))


@pytest.mark.parametrize(
    ("selected", "markup"),
    [
        ("", '<option value="b">Berlin</option><option value="k" lang="de">Kairo</option>'),
        (
            "k",
            '<option value="b">Berlin</option><option value="k" selected lang="de">Kairo</option>',
        ),
        ("x", '<option value="b">Berlin</option><option value="k" lang="de">Kairo</option>'),
    ],
)
def test_the_chosen_option_is_marked(selected: str, markup: str) -> None:
    assert option_list(CITIES, selected) == markup


def test_a_list_with_nothing_chosen_is_written_once() -> None:
    assert option_list(CITIES) is option_list(CITIES, "nowhere")


def test_an_equal_list_is_another_list() -> None:
    first, second = [Option("a", Wording("A"))], [Option("a", Wording("B"))]
    assert (option_list(first), option_list(second)) == (
        '<option value="a">A</option>',
        '<option value="a">B</option>',
    )


def test_what_an_operator_wrote_is_never_markup() -> None:
    hostile = (Option('"><script>', Wording("<b>&")),)
    written = option_list(hostile, '"><script>')
    assert written == '<option value="&#34;&gt;&lt;script&gt;" selected>&lt;b&gt;&amp;</option>'


def test_only_the_first_of_two_equal_values_is_chosen() -> None:
    twice = (Option("a", Wording("A")), Option("a", Wording("B")))
    assert len(re.findall("selected", option_list(twice, "a"))) == 1
