"""Text in one line or in several."""

from typing import ClassVar

from app.forms.cleaning import clean, clean_lines
from app.forms.kinds.kind import Kind, Schema, first, unfit
from app.forms.question import Question, Raw, Value


class Text(Kind):
    """One line of text: NFC, trimmed."""

    name = "text"
    rules = frozenset({"length", "pattern", "one_of", "not_one_of"})

    def control(self, question: Question) -> str:
        return "input"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        return clean(first(raw), question.label)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": [str(value)]}

    def accept(self, value: object, question: Question) -> Value:
        if not isinstance(value, str):
            raise unfit(question)
        raw = {"": [value]}
        self.typed(raw, question)
        text = self.read(raw, question, "en")
        if not text:
            raise unfit(question)
        return text

    def schema(self, question: Question) -> Schema:
        length, one_of = question.rules.length, question.rules.one_of
        longest = min(self.longest, length.max) if length and length.max else self.longest
        least = length.min if length and length.min else 1
        return {
            "type": "string",
            "minLength": least,
            "maxLength": longest,
            **({"enum": list(one_of.root)} if one_of else {}),
        }


class Multiline(Text):
    """Several lines of text, each ended by a line feed."""

    name = "multiline"
    longest: ClassVar[int] = 10_000

    def control(self, question: Question) -> str:
        return "textarea"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        return clean_lines(first(raw), question.label)
