"""Choices among options that the operator wrote: one of them, or several."""

from typing import ClassVar

from babel.lists import format_list

from app.forms.kinds.kind import Kind, Schema, first, unfit
from app.forms.problem import Problem
from app.forms.question import Question, Raw, Value
from app.lib.i18n import Message, babel_locale

MOST_RADIOS = 6


class Choice(Kind):
    """One option."""

    name = "choice"
    authored: ClassVar[bool] = True

    def control(self, question: Question) -> str:
        return "radios" if len(question.options) <= MOST_RADIOS else "select"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        return self.accept(first(raw), question)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": [str(value)]}

    def show(self, value: Value, question: Question, locale: str) -> str:
        return _label(str(value), question)

    def accept(self, value: object, question: Question) -> Value:
        if not isinstance(value, str) or not question.accepts(value):
            raise Problem(self.missing(question))
        return value

    def missing(self, question: Question) -> Message:
        return Message("Choose one of the options for “{label}”.", label=question.label)

    def schema(self, question: Question) -> Schema:
        return {"type": "string", "enum": [option.value for option in question.options]}


class Choices(Kind):
    """Several options, stored in the order in which they are offered."""

    name = "choices"
    rules = frozenset({"count"})
    repeats: ClassVar[bool] = True
    authored: ClassVar[bool] = True

    def control(self, question: Question) -> str:
        return "checkboxes"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        return self.accept([text for text in raw[""] if text], question)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": list(value) if isinstance(value, list) else []}

    def show(self, value: Value, question: Question, locale: str) -> str:
        labels = [_label(one, question) for one in value] if isinstance(value, list) else []
        return format_list(labels, style="standard", locale=babel_locale(locale))

    def accept(self, value: object, question: Question) -> Value:
        if not isinstance(value, list | tuple) or not value:
            raise unfit(question)
        if not all(isinstance(one, str) and question.accepts(one) for one in value):
            raise Problem(self.missing(question))
        chosen = set(value)
        return [option.value for option in question.options if option.value in chosen]

    def missing(self, question: Question) -> Message:
        return Message("Choose at least one of the options for “{label}”.", label=question.label)

    def schema(self, question: Question) -> Schema:
        values = [option.value for option in question.options]
        return {
            "type": "array",
            "items": {"type": "string", "enum": values},
            "uniqueItems": True,
            "minItems": 1,
        }


def _label(value: str, question: Question) -> str:
    return next((option.label for option in question.options if option.value == value), value)
