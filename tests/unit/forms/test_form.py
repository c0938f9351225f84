"""A form: what it reads, what it keeps, what it says."""

from typing import Any

import pytest

from app.forms.form import Form
from app.forms.kinds import KINDS
from app.forms.question import Question, Value
from app.lib.i18n import Message, Wording
from tests.unit.forms.asking import AT, ask

MISSING = "Enter an answer for “Company”."


def form(*questions: Question, locale: str = "en", **more: Any) -> Form:
    return Form(questions, locale, at=AT, **more)


def said(shown: Form) -> list[str]:
    return [str(field.problem) for field in shown.problems]


def test_good_answers_are_read() -> None:
    asked = form(
        ask("text", required=True),
        ask("email", name="email"),
        ask("country", name="address.country"),
        ask("choices", name="sizes"),
    )
    body = {
        "company": [" Acme "],
        "email": ["vera@CLUB.example"],
        "address.country": ["DE"],
        "sizes": ["s", "l"],
    }
    assert asked.submit(body)
    assert asked.answers == {
        "company": "Acme",
        "email": "vera@club.example",
        "address.country": "DE",
        "sizes": ["s", "l"],
    }


@pytest.mark.parametrize(
    ("kind", "body", "answer"),
    [
        ("text", {}, None),
        ("text", {"company": [""]}, None),
        ("text", {"company": [" \u200b "]}, None),
        ("text", {"company": []}, None),
        ("text", {"company": ["0"]}, "0"),
        ("number", {"company": ["0"]}, "0"),
        ("integer", {"company": ["0"]}, 0),
        ("boolean", {}, None),
        ("boolean", {"company": ["false"]}, False),
        ("consent", {}, False),
        ("consent", {"company": ["true"]}, True),
        ("choices", {"company": ["", ""]}, None),
        ("birthdate", {"company-day": [""], "company-year": [" "]}, None),
        ("tel", {"company": [""], "company-country": [""]}, None),
    ],
)
def test_left_blank_is_told_apart_from_an_answer(
    kind: str, body: dict[str, list[str]], answer: Value | None
) -> None:
    asked = form(ask(kind))
    assert asked.submit(body)
    assert asked.answers == {"company": answer}
    assert type(asked.answers["company"]) is type(answer)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_required_answer_is_asked_for(kind: str) -> None:
    asked = form(ask(kind, required=True))
    assert not asked.submit({"company": [""]})
    assert asked.answers == {}
    assert said(asked) == [KINDS[kind].missing(ask(kind)).text("en")]


def test_zero_and_no_are_answers_to_a_required_question() -> None:
    asked = form(ask("integer", required=True), ask("boolean", name="member", required=True))
    assert asked.submit({"company": ["0"], "member": ["false"]})
    assert asked.answers == {"company": 0, "member": False}


def test_a_chosen_country_alone_is_no_phone_number() -> None:
    body = {"company": [""], "company-country": ["DE"]}
    assert not form(ask("tel", required=True)).submit(body)
    asked = form(ask("tel"))
    assert asked.submit(body)
    assert asked.answers == {"company": None}


def test_the_operators_own_sentence_asks_for_what_is_missing() -> None:
    asked = form(ask("text", required=True, missing=Wording("Enter the name of your company.")))
    asked.submit({})
    assert said(asked) == ["Enter the name of your company."]


def test_what_was_typed_is_kept_exactly() -> None:
    typed = ["  vera@ \u0065\u0301 <b> "]
    asked = form(ask("email"), values={"company": "vera@club.example"})
    assert not asked.submit({"company": typed})
    field = asked.field("company")
    assert field.raw == {"": typed}
    assert field.value() == typed[0]


@pytest.mark.parametrize("typed", ["a\ud800", "a\x00"])
def test_what_no_page_can_hold_is_shown_as_a_mark(typed: str) -> None:
    asked = form(ask("text"))
    assert not asked.submit({"company": [typed]})
    assert asked.field("company").value() == "a\ufffd"
    assert asked.field("company").raw == {"": [typed]}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text", {"company": ["a", "b"]}),
        ("text", {"company": ["a", ""]}),
        ("choice", {"company": ["s", "m"]}),
        ("consent", {"company": ["true", "true"]}),
        ("birthdate", {"company-day": ["1", "2"], "company-month": ["1"]}),
    ],
)
def test_a_repeated_single_answer_is_refused(kind: str, body: dict[str, list[str]]) -> None:
    asked = form(ask(kind))
    assert not asked.submit(body)
    assert said(asked) == ["Give only one answer for “Company”."]


def test_what_was_typed_can_be_kept_without_being_judged() -> None:
    asked = form(ask("email"), values={"company": "vera@club.example"})
    asked.keep({"company": ["vera@"]})
    assert asked.field("company").value() == "vera@"
    assert asked.problems == []
    assert asked.answers == {}


def test_only_its_own_questions_are_read() -> None:
    asked = form(ask("text"))
    assert asked.submit({"company": ["Acme"], "csrf": ["x"], "plan": ["gold"], "company-x": ["y"]})
    assert asked.answers == {"company": "Acme"}
    assert asked.keys == {"company"}


def test_wrong_parts_of_a_date_are_nothing_typed() -> None:
    asked = form(ask("birthdate"))
    assert asked.keys == {"company-day", "company-month", "company-year"}
    assert asked.submit({"company": ["1990-05-03"], "company-weekday": ["1"]})
    assert asked.answers == {"company": None}


def test_problems_come_in_the_order_of_the_questions() -> None:
    asked = form(ask("text", required=True), ask("text", name="b"), ask("email", name="c"))
    asked.submit({"b": ["fine"], "c": ["wrong"]})
    assert [field.question.name for field in asked.problems] == ["company", "c"]


def test_a_known_answer_is_written_for_the_reader() -> None:
    asked = form(
        ask("number"),
        ask("birthdate", name="birthdate"),
        ask("consent", name="letter"),
        ask("choices", name="sizes"),
        ask("text", name="none"),
        locale="de",
        values={
            "company": "1234.5",
            "birthdate": "1990-05-03",
            "letter": True,
            "sizes": ["s"],
            "none": None,
        },
    )
    number, date, letter, sizes, none = asked.fields
    assert number.value() == "1234,5"
    assert [date.value(part) for part in date.parts] == ["3", "5", "1990"]
    assert letter.has("", "true")
    assert sizes.has("", "s")
    assert not sizes.has("", "m")
    assert none.value() == ""


def test_a_known_answer_that_is_not_offered_can_be_kept() -> None:
    asked = form(ask("language"), values={"company": "de-AT"})
    option = asked.field("company").options[0]
    assert asked.field("company").options is asked.field("company").options
    assert (option.value, option.label) == ("de-AT", "German (Austria)")
    assert asked.submit({"company": ["de-AT"]})


def test_a_wrong_answer_is_never_offered() -> None:
    asked = form(ask("country"))
    assert not asked.submit({"company": ["ZZ"]})
    assert len(asked.field("company").options) == 249


@pytest.mark.parametrize(
    ("instance", "name", "identity"),
    [
        ("", "company", "company"),
        ("ao-", "address.country", "ao-address-country"),
        ("7f<", "company", "f-7f-company"),
    ],
)
def test_ids_are_safe(instance: str, name: str, identity: str) -> None:
    assert form(ask("text", name=name), instance=instance).fields[0].id == identity


def test_a_field_is_described_by_its_hint_and_its_error() -> None:
    asked = form(ask("text", required=True, hint=Wording("As registered.")), instance="a-")
    field = asked.fields[0]
    assert field.described_by == "a-company-hint"
    asked.submit({})
    assert field.described_by == "a-company-hint a-company-error"


def test_only_the_wrong_parts_are_marked() -> None:
    asked = form(ask("birthdate"))
    asked.submit({"company-day": ["3"], "company-month": ["5"], "company-year": ["90"]})
    field = asked.fields[0]
    assert [field.is_wrong(part) for part in ("day", "month", "year")] == [False, False, True]
    assert [field.part_id(part) for part in field.parts] == [
        "company",
        "company-day",
        "company-year",
    ]


def test_a_rule_from_outside_refuses_an_answer() -> None:
    asked = form(ask("text"))
    assert asked.submit({"company": ["Acme"]})
    asked.refuse("company", Message("This company is known already."))
    assert said(asked) == ["This company is known already."]
    assert asked.answers == {}
    assert asked.field("company").value() == "Acme"


def test_correcting_an_answer_takes_its_problem_away() -> None:
    asked = form(ask("email"))
    assert not asked.submit({"company": ["wrong"]})
    assert asked.submit({"company": ["vera@club.example"]})
    assert asked.problems == []


def test_an_unknown_field_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        form(ask("text")).field("plan")
