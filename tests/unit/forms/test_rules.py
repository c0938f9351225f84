"""Rules: what they let pass, what they say, and what an operator may write."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.forms.kinds import KINDS
from app.forms.rules import Rules
from tests.unit.forms.asking import ask, message_of

WORK = "Enter your work e-mail address: those at gmail.com are not accepted."
LASTS = "Enter a permanent e-mail address: those at mailinator.com are not accepted."
OPTIONS = "Choose one of the options for “Company”."


@pytest.mark.parametrize(
    ("kind", "rules", "typed", "message"),
    [
        ("text", {"length": {"min": 2}}, "ab", ""),
        ("text", {"length": {"min": 2}}, "a", "Use at least 2 characters for “Company”."),
        ("text", {"length": {"max": 3}}, " abc ", ""),
        (
            "text",
            {"length": {"max": 3}},
            "abcd",
            "Use at most 3 characters for “Company”. You used 4.",
        ),
        ("text", {"length": {"max": 1}}, "e\u0301", ""),
        ("text", {"pattern": {"regex": "[A-Z]+"}}, "ABC", ""),
        ("text", {"pattern": {"regex": "[A-Z]+"}}, "ABCd", "Check how “Company” is written."),
        (
            "text",
            {
                "pattern": {
                    "regex": "[0-9]{5}",
                    "message": {"en": "Enter 5 {digits}.", "de": "Nein."},
                }
            },
            "1234",
            "Enter 5 {digits}.",
        ),
        ("text", {"one_of": ["a", "b"]}, "b", ""),
        ("text", {"one_of": ["a", "b"]}, "c", "Use one of these for “Company”: a or b."),
        (
            "text",
            {"one_of": list("abcdefghi")},
            "z",
            "Use one of the accepted answers for “Company”.",
        ),
        (
            "text",
            {"not_one_of": ["None"]},
            "NONE",
            "Use another answer for “Company”: this one is not accepted.",
        ),
        ("email", {"domains": {"allow": ["Club.example"]}}, "vera@mail.club.example", ""),
        (
            "email",
            {"domains": {"allow": ["club.example", "shop.example"]}},
            "vera@notclub.example",
            "Enter an e-mail address at club.example or shop.example.",
        ),
        (
            "email",
            {"domains": {"deny": ["@bücher.example"]}},
            "vera@bücher.example",
            "Enter a different e-mail address: those at xn--bcher-kva.example are not accepted.",
        ),
        ("email", {"domains": {"free": False}}, "vera@gmail.com", WORK),
        ("email", {"domains": {"free": False}}, "vera@club.example", ""),
        ("email", {"domains": {"disposable": False}}, "vera@mailinator.com", LASTS),
        ("email", {"domains": {"disposable": False}}, "vera@gmail.com", ""),
        ("tel", {"region": "DE"}, "030 1234567", ""),
        (
            "tel",
            {"region": "DE"},
            "+43 1 5321234",
            "Enter a phone number from this country: Germany.",
        ),
        (
            "tel",
            {"region": ["DE", "AT"]},
            "+41 44 668 18 00",
            "Enter a phone number from one of these countries: Germany or Austria.",
        ),
        ("tel", {"type": "mobile"}, "+49 1512 3456789", ""),
        ("tel", {"type": "mobile"}, "+49 30 1234567", "Enter a mobile phone number."),
        ("tel", {"type": "mobile"}, "+1 201 555 0123", ""),
        ("tel", {"type": "fixed"}, "+49 1512 3456789", "Enter a landline number."),
        (
            "url",
            {"schemes": ["https"]},
            "http://company.com",
            "Enter a web address that begins with https://.",
        ),
        ("url", {"schemes": ["https"]}, "company.com", ""),
        ("url", {"schemes": ["ftp"]}, "ftp://company.com", ""),
        ("url", {"hosts": ["github.com"]}, "gist.github.com/vera", ""),
        (
            "url",
            {"hosts": ["github.com"]},
            "github.com.evil.example",
            "Enter a web address at github.com.",
        ),
        ("number", {"range": {"min": 0.5}}, "0.5", ""),
        ("number", {"range": {"min": 0.5}}, "0.4", "Enter 0.5 or more for “Company”."),
        ("integer", {"range": {"max": 1000}}, "1,001", "Enter 1,000 or less for “Company”."),
        ("integer", {"range": {"min": 0}}, "0", ""),
        ("number", {"step": 0.1}, "0.3", ""),
        ("number", {"step": 0.1}, "0.35", "Enter a multiple of 0.1 for “Company”."),
        ("number", {"digits": {"fraction": 2}}, "1.25", ""),
        (
            "number",
            {"digits": {"fraction": 2}},
            "1.255",
            "Enter at most 2 decimal places for “Company”.",
        ),
        ("number", {"digits": {"fraction": 0}}, "1.5", "Enter a whole number for “Company”."),
        (
            "integer",
            {"digits": {"whole": 1}},
            "-12",
            "Enter at most 1 digit before the decimal point in “Company”.",
        ),
        ("consent", {"must_be_given": True}, "on", ""),
        (
            "consent",
            {"must_be_given": True},
            "false",
            "Tick the box for “Company” to continue.",
        ),
        ("consent", {"must_be_given": False}, "false", ""),
        ("country", {"one_of": ["DE", "AT"]}, "AT", ""),
        ("country", {"one_of": ["DE", "AT"]}, "CH", OPTIONS),
        ("country", {"not_one_of": ["CH"]}, "CH", OPTIONS),
        ("language", {"one_of": ["de-AT"]}, "de-AT", ""),
    ],
)
def test_a_rule_says_what_to_do(kind: str, rules: dict[str, Any], typed: str, message: str) -> None:
    assert message_of(ask(kind, rules=rules), typed) == message


@pytest.mark.parametrize(
    ("rules", "typed", "message"),
    [
        ({"min": 2}, ["s", "m"], ""),
        ({"min": 2}, ["s"], "Choose at least 2 options for “Company”."),
        ({"max": 1}, ["s", "m"], "Choose at most 1 option for “Company”."),
        ({"max": 1}, ["s", "s"], ""),
    ],
)
def test_a_count_is_of_different_options(
    rules: dict[str, int], typed: list[str], message: str
) -> None:
    assert message_of(ask("choices", rules={"count": rules}), *typed) == message


@pytest.mark.parametrize(
    ("rules", "day", "message"),
    [
        ({"min": 18}, "21", ""),
        (
            {"min": 18},
            "22",
            "This is for people who are at least 18 years old. Check the date of birth.",
        ),
        ({"max": 17}, "22", ""),
        (
            {"max": 17},
            "21",
            "This is for people who are at most 17 years old. Check the date of birth.",
        ),
    ],
)
def test_an_age_changes_on_the_birthday(rules: dict[str, int], day: str, message: str) -> None:
    question = ask("birthdate", rules={"age": rules})
    assert message_of(question, day=day, month="11", year="2008") == message


def test_a_pattern_cannot_be_made_slow() -> None:
    question = ask("text", rules={"pattern": {"regex": "(a+)+b"}})
    assert message_of(question, "a" * 1000) == "Check how “Company” is written."


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ({"lenght": {"max": 3}}, ("lenght",)),
        ({"length": {"max": 3, "least": 1}}, ("length", "least")),
        ({"length": {"min": 4, "max": 3}}, ("length",)),
        ({"length": {"max": 0}}, ("length", "max")),
        ({"pattern": {"regex": "(a"}}, ("pattern", "regex")),
        ({"pattern": {"regex": r"(a)\1"}}, ("pattern", "regex")),
        ({"pattern": {"regex": "a" * 1001}}, ("pattern", "regex")),
        ({"one_of": []}, ("one_of",)),
        ({"range": {"min": 2, "max": 1}}, ("range",)),
        ({"range": {"min": "NaN"}}, ("range", "min")),
        ({"step": 0}, ("step",)),
        ({"type": "pager"}, ("type",)),
        ({"count": {"min": 2, "max": 1}}, ("count",)),
        ({"year": "never"}, ("year",)),
    ],
)
def test_a_mistake_of_the_operator_is_named(rules: dict[str, Any], place: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        Rules.model_validate(rules)
    assert [error["loc"] for error in caught.value.errors()] == [place]


def test_a_region_without_phone_numbers_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="no ISO 3166-1 code"):
        Rules.model_validate({"region": "XX"})


def test_a_rule_that_says_nothing_about_a_kind_is_misplaced() -> None:
    rules = Rules.model_validate({"length": {"max": 3}, "age": {"min": 18}})
    assert KINDS["text"].misplaced(rules) == {"age"}
    assert KINDS["birthdate"].misplaced(rules) == {"length"}


def test_a_misplaced_rule_harms_nobody() -> None:
    assert message_of(ask("text", rules={"range": {"min": 5}}), "Acme") == ""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_knows_only_rules_that_exist(kind: str) -> None:
    assert KINDS[kind].rules <= set(Rules.model_fields)


def test_rules_are_written_back_as_they_were_read() -> None:
    written = {"length": {"max": 3}, "region": "DE", "one_of": ["a"], "must_be_given": True}
    rules = Rules.model_validate(written)
    assert rules.model_dump(mode="json", exclude_none=True) == written
    assert rules.names == {"length", "region", "one_of", "must_be_given"}
