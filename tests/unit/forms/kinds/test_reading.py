"""What each kind makes of what was typed: good, bad, and what the person is told."""

import pytest

from app.forms.problem import Problem
from tests.unit.forms.asking import ask, message_of, read


@pytest.mark.parametrize(
    ("kind", "locale", "typed", "value"),
    [
        ("text", "en", "  Acme\u00a0 ", "Acme"),
        ("text", "en", "Zoe\u0308", "Zoë"),
        ("text", "en", "a\tb", "a b"),
        ("text", "en", "0", "0"),
        ("text", "fa", "می\u200cخواهم", "می\u200cخواهم"),
        ("multiline", "en", "one\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("email", "en", " Vera.X@Club.EXAMPLE ", "Vera.X@club.example"),
        ("email", "en", "vera@bücher.example", "vera@xn--bcher-kva.example"),
        ("tel", "de", "030 1234567", "+49301234567"),
        ("tel", "de-AT", "01 5321234", "+4315321234"),
        ("tel", "en", "+49 (0)30 1234567", "+49301234567"),
        ("tel", "de", "0043 1 5321234", "+4315321234"),
        ("tel", "en-GB", "020 7946 0958", "+442079460958"),
        ("tel", "ar-EG", "٠١٠٠١٢٣٤٥٦٧", "+201001234567"),
        ("url", "en", "company.com", "https://company.com/"),
        ("url", "en", "HTTP://Company.com/A?b=c#d", "http://company.com/A?b=c#d"),
        ("url", "en", "bücher.example:8080", "https://xn--bcher-kva.example:8080/"),
        ("number", "en", "1,234.50", "1234.5"),
        ("number", "de", "1.234,5", "1234.5"),
        ("number", "de", "1234,5", "1234.5"),
        ("number", "ar", "١٢٣٫٥", "123.5"),
        ("number", "ar", "١٬٢٣٤٫٥", "1234.5"),
        ("number", "ar", "1,234.5", "1234.5"),
        ("number", "fa", "۱۲۳٫۵", "123.5"),
        ("number", "de-CH", "1'234", "1234"),
        ("number", "de-CH", "1’234.5", "1234.5"),
        ("number", "fr", "1 234,5", "1234.5"),
        ("number", "fr", "1\u00a0234,5", "1234.5"),
        ("number", "de", "1 234,5", "1234.5"),
        ("number", "en", "1’234.5", "1234.5"),
        ("number", "sv", "−7", "-7"),
        ("number", "hi", "१२,३४,५६७", "1234567"),
        ("number", "hi", "12,34,567", "1234567"),
        ("number", "pt-BR", "0,10", "0.1"),
        ("number", "en", "-0", "0"),
        ("number", "en", "+5", "5"),
        ("number", "en", "007", "7"),
        ("integer", "en", "1,234", 1234),
        ("integer", "de", "5,0", 5),
        ("integer", "th", "๑๒", 12),
        ("integer", "en", "0", 0),
        ("boolean", "en", "true", True),
        ("boolean", "en", "false", False),
        ("choice", "en", "m", "m"),
        ("consent", "en", "on", True),
        ("country", "de", "DE", "DE"),
        ("language", "en", "pt-BR", "pt-BR"),
        ("timezone", "en", "Europe/Kyiv", "Europe/Kyiv"),
        ("timezone", "en", "Asia/Calcutta", "Asia/Kolkata"),
    ],
)
def test_it_reads(kind: str, locale: str, typed: str, value: object) -> None:
    found = read(ask(kind), typed, locale=locale)
    assert found == value
    assert type(found) is type(value)


INVISIBLE = "Remove the invisible control characters from “Company”."
EMAIL = "Enter an e-mail address, like name@company.com."
URL = "Enter a web address, like https://www.company.com."
NUMBER = "Enter a number for “Company”, like 12.5."
WHOLE = "Enter a whole number for “Company”, like 12."
OPTIONS = "Choose one of the options for “Company”."


@pytest.mark.parametrize(
    ("kind", "locale", "typed", "message"),
    [
        ("text", "en", "a\x00b", INVISIBLE),
        ("text", "en", "a\ud800b", INVISIBLE),
        ("text", "en", "a\x1bb", INVISIBLE),
        ("multiline", "en", "a\x08b", INVISIBLE),
        ("text", "en", "a\nb", "Write “Company” on one line."),
        ("text", "en", "a\u2028b", "Write “Company” on one line."),
        ("text", "en", "x" * 1001, "Use at most 1,000 characters for “Company”. You used 1,001."),
        (
            "multiline",
            "en",
            "x" * 10_001,
            "Use at most 10,000 characters for “Company”. You used 10,001.",
        ),
        ("email", "en", "vera", EMAIL),
        ("email", "en", "vera@localhost", EMAIL),
        ("email", "en", "vera@club.example, ben@club.example", EMAIL),
        ("email", "en", "Vera <vera@club.example>", EMAIL),
        ("email", "en", "vera@[127.0.0.1]", EMAIL),
        ("email", "en", "vera@club.example\x00", INVISIBLE),
        ("tel", "de", "12", "Enter a phone number, like +49 1512 3456789."),
        ("tel", "en", "hello", "Enter a phone number, like +1 201-555-0123."),
        ("tel", "x", "5", "Enter a phone number with its country code, like +49 30 123456."),
        ("tel", "en", "+1 201 555 0123 x5", "Enter the phone number without its extension."),
        ("url", "en", "javascript:alert(1)", URL),
        ("url", "en", "javascript://company.com/%0aalert(1)", URL),
        ("url", "en", "mailto:vera@club.example", URL),
        ("url", "en", "https://vera:secret@company.com", URL),
        ("url", "en", "localhost", URL),
        ("url", "en", "https://", URL),
        ("url", "en", "my company", URL),
        ("number", "en", "1,5", NUMBER),
        ("number", "en", "1.234,5", NUMBER),
        ("number", "de", "1,234.5", NUMBER),
        ("number", "en", "NaN", NUMBER),
        ("number", "en", "Infinity", NUMBER),
        ("number", "en", "1e5", NUMBER),
        ("number", "en", "1_000", NUMBER),
        ("number", "en", "--5", NUMBER),
        ("number", "en", "1 5", NUMBER),
        ("number", "de", "5 . 5", NUMBER),
        ("number", "en", "½", NUMBER),
        ("number", "en", "9" * 25, NUMBER),
        ("integer", "en", "1.5", WHOLE),
        ("integer", "en", "9" * 19, "Use at most 18 digits for “Company”."),
        ("boolean", "en", "maybe", "Choose yes or no for “Company”."),
        ("choice", "en", "xl", OPTIONS),
        ("choices", "en", "xl", "Choose at least one of the options for “Company”."),
        ("consent", "en", "yes please", "Tick the box for “Company” to continue."),
        ("country", "en", "EU", OPTIONS),
        ("country", "en", "ZZ", OPTIONS),
        ("country", "en", "UN", OPTIONS),
        ("language", "en", "klingon", OPTIONS),
        ("timezone", "en", "Mars/Olympus", OPTIONS),
        ("timezone", "en", "../../etc/passwd", OPTIONS),
    ],
)
def test_it_says_what_to_do(kind: str, locale: str, typed: str, message: str) -> None:
    assert message_of(ask(kind), typed, locale=locale) == message


@pytest.mark.parametrize(
    ("locale", "day", "month", "year", "value"),
    [
        ("en", "3", "5", "1990", "1990-05-03"),
        ("en", "03", "May", "1990", "1990-05-03"),
        ("en", "3", "sept", "1990", "1990-09-03"),
        ("de", "3", "März", "1990", "1990-03-03"),
        ("de", "3", "MÄRZ", "1990", "1990-03-03"),
        ("de", "3", "Sep.", "1990", "1990-09-03"),
        ("fr", "3", "août", "1990", "1990-08-03"),
        ("ru", "3", "мая", "1990", "1990-05-03"),
        ("ru", "3", "май", "1990", "1990-05-03"),
        ("ar", "٣", "مايو", "١٩٩٠", "1990-05-03"),
        ("en", "29", "2", "2000", "2000-02-29"),
    ],
)
def test_it_reads_a_birthdate(locale: str, day: str, month: str, year: str, value: str) -> None:
    question = ask("birthdate")
    assert read(question, locale=locale, day=day, month=month, year=year) == value


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "parts"),
    [
        ("", "5", "1990", "Enter the day as well.", ("day",)),
        ("3", "", "1990", "Enter the month as well.", ("month",)),
        ("3", "5", "", "Enter the year as well.", ("year",)),
        ("3", "", "", "Enter the month as well.", ("month", "year")),
        ("32", "5", "1990", "Enter the day as a number, like 27.", ("day",)),
        ("x", "5", "1990", "Enter the day as a number, like 27.", ("day",)),
        ("3", "13", "1990", "Enter the month as a number from 1 to 12.", ("month",)),
        ("3", "Mai", "1990", "Enter the month as a number from 1 to 12.", ("month",)),
        ("3", "5", "90", "Enter the year with four digits.", ("year",)),
        ("3", "5", "19900", "Enter the year with four digits.", ("year",)),
        ("31", "4", "1990", "Check the day: this month does not have that many days.", ("day",)),
        ("29", "2", "1990", "Check the day: this month does not have that many days.", ("day",)),
        ("22", "11", "2026", "Enter a date in the past.", ()),
        ("3", "5", "1890", "Enter a year from 1896 onwards.", ("year",)),
    ],
)
def test_it_says_what_is_wrong_with_a_birthdate(
    day: str, month: str, year: str, message: str, parts: tuple[str, ...]
) -> None:
    with pytest.raises(Problem) as caught:
        read(ask("birthdate"), day=day, month=month, year=year)
    assert caught.value.message.text("en") == message
    assert caught.value.parts == parts


def test_a_birthdate_may_lack_its_year_where_a_rule_lets_it() -> None:
    question = ask("birthdate", rules={"year": "optional"})
    assert read(question, day="29", month="2") == "0000-02-29"
    assert question.kind.show("0000-02-29", question, "de") == "29. Februar"


def test_an_age_needs_a_year() -> None:
    question = ask("birthdate", rules={"year": "optional", "age": {"min": 18}})
    assert message_of(question, day="29", month="2") == "Enter the year as well."


def test_a_phone_number_is_from_the_country_that_was_chosen() -> None:
    question = ask("tel", region="DE")
    assert read(question, "01 5321234", country="AT") == "+4315321234"
    assert read(question, "030 1234567", country="") == "+49301234567"
    assert message_of(question, "1", country="XX") == "Choose the country of the phone number."


def test_choices_are_kept_once_in_the_order_of_the_options() -> None:
    assert read(ask("choices"), "l", "s", "l", "") == ["s", "l"]


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("text", " Acme ", "Acme"),
        ("number", 1.5, "1.5"),
        ("number", "1.50", "1.5"),
        ("number", 10**20, "1" + "0" * 20),
        ("number", "1e3", "1000"),
        ("integer", 0, 0),
        ("integer", 3.0, 3),
        ("integer", "12", 12),
        ("boolean", False, False),
        ("choices", ["l", "s", "s"], ["s", "l"]),
        ("tel", "+49 30 1234567", "+49301234567"),
        ("birthdate", "1990-05-03", "1990-05-03"),
        ("country", "de", "DE"),
        ("language", "de_at", "de-AT"),
        ("language", "iw", "he"),
        ("timezone", "Europe/Kiev", "Europe/Kyiv"),
        ("timezone", "Africa/Asmera", "Africa/Asmara"),
        ("timezone", "UTC", "Etc/UTC"),
    ],
)
def test_it_accepts_a_claim(kind: str, sent: object, value: object) -> None:
    question = ask(kind)
    found = question.kind.accept(sent, question)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("text", 5),
        ("text", ""),
        ("text", "a\x00"),
        ("email", None),
        ("email", "vera"),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", "1,5"),
        ("number", "9" * 5000),
        ("integer", 1.5),
        ("integer", 10**18),
        ("boolean", "true"),
        ("boolean", 1),
        ("consent", "true"),
        ("choice", ["s"]),
        ("choices", "s"),
        ("choices", []),
        ("choices", ["s", "xl"]),
        ("tel", "030 1234567"),
        ("tel", "(201) 555-0123"),
        ("birthdate", "1990-5-3"),
        ("birthdate", "0000-05-03"),
        ("birthdate", "1990-02-30"),
        ("birthdate", "19900503"),
        ("birthdate", "1990-W01-1"),
        ("country", "EU"),
        ("language", "xx-invalid"),
        ("timezone", "CET/Never"),
    ],
)
def test_it_refuses_a_claim(kind: str, sent: object) -> None:
    question = ask(kind)
    with pytest.raises(Problem):
        question.kind.accept(sent, question)


@pytest.mark.parametrize(
    ("kind", "locale", "value", "shown"),
    [
        ("number", "de", "1234567.5", "1.234.567,5"),
        ("number", "hi", "1234567", "12,34,567"),
        ("number", "de-CH", "1234.5", "1’234.5"),
        ("number", "fa", "1234.5", "۱٬۲۳۴٫۵"),
        ("boolean", "en", True, "Yes"),
        ("boolean", "en", False, "No"),
        ("choice", "en", "m", "11–200"),
        ("choice", "en", "gone", "gone"),
        ("choices", "de", ["s", "m", "l"], "1–10, 11–200 und 201+"),
        ("birthdate", "de", "1990-05-03", "3. Mai 1990"),
        ("birthdate", "en", "1990-05-03", "May 3, 1990"),
        ("country", "de", "AT", "Österreich"),
        ("country", "ar", "DE", "ألمانيا"),
        ("language", "de", "pt-BR", "Portugiesisch (Brasilien)"),
        ("language", "en", "de-AT", "German (Austria)"),
        ("timezone", "de", "Europe/Vienna", "Wien (Österreich)"),
        ("timezone", "de", "Asia/Kolkata", "Kalkutta (Indien)"),
        ("timezone", "de", "Etc/UTC", "Koordinierte Weltzeit"),
        ("tel", "de", "+49301234567", "+49 30 1234567"),
        ("url", "en", "https://company.com/", "company.com"),
        ("url", "en", "https://xn--bcher-kva.example/a", "bücher.example/a"),
        ("email", "en", "vera@xn--bcher-kva.example", "vera@bücher.example"),
    ],
)
def test_it_shows_human_words(kind: str, locale: str, value: object, shown: str) -> None:
    question = ask(kind)
    assert question.kind.show(value, question, locale) == shown  # type: ignore[arg-type]
