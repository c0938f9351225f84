"""A phone number: one input, or a country and a number; stored as E.164."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from app.forms.cleaning import clean, is_blank
from app.forms.kinds.kind import Kind, Schema, first, unfit
from app.forms.problem import Problem
from app.forms.question import Question, Raw, Value
from app.lib.i18n import Message
from app.lib.i18n.matching import subtags


class Tel(Kind):
    """A valid number of any region; without `+` it is from the country typed, asked or spoken."""

    name = "tel"
    parts = ("", "country")
    rules = frozenset({"region", "type"})
    longest = 60

    def control(self, question: Question) -> str:
        return "input"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        region = _region(raw, question, locale)
        text = clean(first(raw), question.label)
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            raise Problem(_like(question, region)) from None
        if number.extension:
            raise Problem(Message("Enter the phone number without its extension."))
        if not phonenumbers.is_valid_number(number):
            raise Problem(_like(question, region))
        return _stored(number)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        number = phonenumbers.parse(str(value))
        region = phonenumbers.region_code_for_number(number)
        country = [region] if region in phonenumbers.SUPPORTED_REGIONS else []
        return {"": [_international(number)], "country": country}

    def is_blank(self, raw: Raw) -> bool:
        return is_blank(first(raw))  # a country alone was chosen by the page

    def accept(self, value: object, question: Question) -> Value:
        if not isinstance(value, str) or not value.strip():
            raise unfit(question)
        raw = {"": [value]}
        self.typed(raw, question)
        return self.read(raw, question, "")

    def missing(self, question: Question) -> Message:
        return _like(question, _wanted(question))

    def schema(self, question: Question) -> Schema:
        return {"type": "string", "pattern": r"^\+[1-9][0-9]{4,14}$"}

    def attributes(self, question: Question) -> dict[str, str]:
        return {"type": "tel", "inputmode": "tel", "dir": "ltr"}


def _region(raw: Raw, question: Question, locale: str) -> str | None:
    typed = first(raw, "country").strip().upper()
    if typed and typed not in phonenumbers.SUPPORTED_REGIONS:
        raise Problem(Message("Choose the country of the phone number."), "country")
    spoken = subtags(locale)
    return typed or _wanted(question) or (spoken.region if spoken else None)


def _wanted(question: Question) -> str | None:
    rule = question.rules.region
    return question.region or (rule.codes[0] if rule else None)


def _like(question: Question, region: str | None) -> Message:
    """What to do, with an example from the region that was assumed."""
    wanted = phonenumbers.PhoneNumberType.MOBILE
    rule = question.rules.type
    if rule and rule.root == "fixed":
        wanted = phonenumbers.PhoneNumberType.FIXED_LINE
    number = phonenumbers.example_number_for_type(region, wanted) if region else None
    if number is None:
        return Message(
            "Enter a phone number with its country code, like {example}.", example="+49 30 123456"
        )
    return Message("Enter a phone number, like {example}.", example=_international(number))


def _stored(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _international(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))
