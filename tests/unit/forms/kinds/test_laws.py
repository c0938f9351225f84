"""The law of every kind: what is written for a locale is read back as the same value."""

from datetime import date
from decimal import Decimal
from typing import Any

import phonenumbers
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from app.forms.kinds import KINDS
from app.forms.kinds.country import countries
from app.forms.kinds.language import canonical, languages
from app.forms.kinds.timezone import zones
from app.forms.problem import Problem
from app.forms.question import Question, Value
from tests.unit.forms.asking import LOCALES, SIZES, ask

locales = st.sampled_from(LOCALES)
words = st.text(max_size=60)
hosts = st.sampled_from(["company.com", "bücher.example", "مثال.example", "xn--p1ai.example"])
paths = st.text(st.characters(codec="utf-8"), max_size=20)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def accepted(question: Question, value: object) -> Value:
    """The canonical value; what is none is no example of the law."""
    try:
        return question.kind.accept(value, question)
    except Problem:
        assume(False)
        raise


def assert_law(question: Question, value: Value, locale: str) -> None:
    kind = question.kind
    raw = kind.write(value, question, locale)
    kind.typed(raw, question)
    assert kind.read(raw, question, locale) == value
    assert kind.accept(value, question) == value
    assert kind.show(value, question, locale).strip()


@given(words, locales)
@example("\u200b a \u200b", "en")
def test_text_is_read_as_it_was_written(text: str, locale: str) -> None:
    question = ask("text")
    assert_law(question, accepted(question, text), locale)


@given(words, locales)
def test_lines_are_read_as_they_were_written(text: str, locale: str) -> None:
    question = ask("multiline")
    assert_law(question, accepted(question, text), locale)


@given(st.emails(), locales)
@example("vera@bücher.example", "de")
@example("vera@xn--bcher-kva.example", "de")
def test_an_address_is_read_as_it_was_written(address: str, locale: str) -> None:
    question = ask("email")
    assert_law(question, accepted(question, address), locale)


@given(st.sampled_from(["https://", "http://", ""]), hosts, paths, locales)
def test_a_web_address_is_read_as_it_was_written(
    scheme: str, host: str, path: str, locale: str
) -> None:
    question = ask("url")
    assert_law(question, accepted(question, f"{scheme}{host}/{path}"), locale)


@given(st.sampled_from(REGIONS), st.integers(0, 11), locales)
def test_a_phone_number_is_read_as_it_was_written(region: str, type_: int, locale: str) -> None:
    number = phonenumbers.example_number_for_type(region, type_)
    assume(number is not None)
    assert number is not None
    question = ask("tel")
    stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert_law(question, accepted(question, stored), locale)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), locales)
@example(Decimal("-0.0"), "ar")
@example(Decimal("1234567.5"), "fa")
def test_a_number_is_read_as_it_was_written(number: Decimal, locale: str) -> None:
    question = ask("number")
    assert_law(question, accepted(question, number), locale)


@given(st.integers(-(10**18) + 1, 10**18 - 1), locales)
def test_a_whole_number_is_read_as_it_was_written(number: int, locale: str) -> None:
    question = ask("integer")
    assert question.kind.accept(number, question) == number
    assert_law(question, number, locale)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), locales)
def test_a_number_is_read_as_it_is_shown(number: Decimal, locale: str) -> None:
    question = ask("number")
    value = accepted(question, number)
    shown = question.kind.show(value, question, locale)
    assert question.kind.read({"": [shown]}, question, locale) == value


@given(st.booleans(), locales, st.sampled_from(["boolean", "consent"]))
def test_yes_and_no_are_read_as_they_were_written(yes: bool, locale: str, kind: str) -> None:
    question = ask(kind)
    raw = question.kind.write(yes, question, locale)
    typed = any(raw[""])
    assert (question.kind.read(raw, question, locale) if typed else question.kind.blank()) is yes


@given(st.lists(st.sampled_from([o.value for o in SIZES]), min_size=1, unique=True), locales)
def test_choices_are_read_as_they_were_written(chosen: list[str], locale: str) -> None:
    one, several = ask("choice"), ask("choices")
    assert_law(one, chosen[0], locale)
    assert_law(several, accepted(several, chosen), locale)


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)), st.booleans(), locales)
@example(date(2000, 2, 29), False, "th")
def test_a_birthdate_is_read_as_it_was_written(born: date, with_year: bool, locale: str) -> None:
    question = ask("birthdate", rules={"year": "optional"})
    value = born.isoformat() if with_year else f"0000{born.isoformat()[4:]}"
    assert_law(question, value, locale)


@pytest.mark.parametrize("locale", ["en", "de", "ar", "fa", "pt-BR", "zh-Hant", "en-XA"])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("country", sorted(countries())),
        ("language", [*languages(), "de-AT", "en-GB", "sr-Latn"]),
        ("timezone", sorted(zones())),
    ],
)
def test_a_listed_code_is_read_as_it_was_written(kind: str, values: list[str], locale: str) -> None:
    for value in values:
        assert_law(ask(kind), value, locale)


@given(st.text(max_size=80), locales, st.sampled_from(sorted(KINDS)))
@settings(max_examples=200)
def test_whatever_is_typed_is_a_value_or_a_message(text: str, locale: str, kind: str) -> None:
    question = ask(kind)
    raw = {part: [text] for part in question.kind.parts}
    try:
        value = question.kind.read(raw, question, locale)
    except Problem as problem:
        said = problem
    else:
        if kind not in ("boolean", "consent") and value:
            assert_law(question, value, locale)
        return
    assert said.message.text(locale)
    assert len(text) < 8 or text not in str(said)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
    st.sampled_from(sorted(KINDS)),
)
@settings(max_examples=200)
def test_whatever_a_machine_sends_is_a_value_or_a_problem(sent: Any, kind: str) -> None:
    question = ask(kind)
    try:
        value = question.kind.accept(sent, question)
    except Problem:
        return
    assert question.kind.accept(value, question) == value


@given(st.text(max_size=20))
def test_a_canonical_language_stays_as_it_is(text: str) -> None:
    tag = canonical(text)
    assert tag is None or canonical(tag) == tag
