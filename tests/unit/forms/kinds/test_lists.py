"""The lists of the world: what is on them, in which order, and built only once."""

import pytest

from app.forms.kinds import KINDS, find_kind
from app.forms.kinds.country import countries
from app.forms.question import Question
from tests.unit.forms.asking import ask


def labels(question: Question, locale: str) -> list[str]:
    return [option.label for option in question.kind.options(question, locale)]


def values(question: Question, locale: str = "en") -> list[str]:
    return [option.value for option in question.kind.options(question, locale)]


def test_the_countries_are_those_of_the_standard() -> None:
    assert len(countries()) == 249
    assert countries().isdisjoint({"EU", "EZ", "UN", "ZZ", "XK", "QO", "XA", "XB"})


def test_countries_are_named_and_sorted_for_the_reader() -> None:
    german, swedish = labels(ask("country"), "de"), labels(ask("country"), "sv")
    assert german.index("Ägypten") < german.index("Albanien") < german.index("Österreich")
    assert german.index("Österreich") < german.index("Panama")
    assert swedish.index("Zimbabwe") < swedish.index("Åland") < swedish.index("Österrike")
    assert labels(ask("country"), "en")[-1] == "Zimbabwe"


@pytest.mark.parametrize("kind", ["country", "language", "timezone"])
def test_a_list_is_built_once(kind: str) -> None:
    question = ask(kind)
    assert question.kind.options(question, "de") is question.kind.options(ask(kind), "de")


@pytest.mark.parametrize("kind", ["country", "language", "timezone"])
@pytest.mark.parametrize("locale", ["en", "de", "ar", "zh-Hant", "en-XA"])
def test_no_option_comes_twice_or_without_a_name(kind: str, locale: str) -> None:
    question = ask(kind)
    assert len(set(values(question, locale))) == len(values(question, locale)) > 180
    assert all(labels(question, locale))


def test_preferred_options_come_first_as_the_operator_wrote_them() -> None:
    question = ask("country", rules={"first": ["DE", "AT", "CH"]})
    assert values(question)[:4] == ["DE", "AT", "CH", "AF"]
    assert len(values(question)) == 249


def test_the_operator_can_narrow_the_list() -> None:
    question = ask("country", rules={"one_of": ["CH", "AT", "DE"], "not_one_of": ["CH"]})
    assert values(question) == ["AT", "DE"]


def test_every_country_has_a_time_zone_that_python_knows() -> None:
    from zoneinfo import available_timezones

    assert set(values(ask("timezone"))) <= available_timezones()


def test_yes_and_no_are_options() -> None:
    assert values(ask("boolean")) == ["true", "false"]
    assert labels(ask("boolean"), "en-XA") != ["Yes", "No"]


def test_a_choice_among_many_is_a_list_to_open() -> None:
    few = ask("choice")
    many = ask("choice", options=few.options * 3)
    assert (few.kind.control(few), many.kind.control(many)) == ("radios", "select")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_is_found_by_its_name(name: str) -> None:
    assert find_kind(name).name == name


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_schema_says_what_is_stored(name: str) -> None:
    question = ask(name)
    assert question.kind.schema(question)["type"] in {"string", "integer", "boolean", "array"}
