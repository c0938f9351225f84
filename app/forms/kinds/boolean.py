"""Yes or no, as two radio buttons: not answered is neither."""

from collections.abc import Sequence

from app.forms.kinds.kind import Kind, Schema, first, unfit
from app.forms.problem import Problem
from app.forms.question import Option, Question, Raw, Value
from app.lib.i18n import Message, Wording

_WORDS = {True: ("true", Message("Yes")), False: ("false", Message("No"))}


class Boolean(Kind):
    """True or false. False is an answer."""

    name = "boolean"

    def control(self, question: Question) -> str:
        return "radios"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        for value, (word, _message) in _WORDS.items():
            if first(raw) == word:
                return value
        raise Problem(self.missing(question))

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": [_WORDS[bool(value)][0]]}

    def show(self, value: Value, question: Question, locale: str) -> str:
        return _WORDS[bool(value)][1].text(locale)

    def accept(self, value: object, question: Question) -> Value:
        if not isinstance(value, bool):
            raise unfit(question)
        return value

    def missing(self, question: Question) -> Message:
        return Message("Choose yes or no for “{label}”.", label=question.label)

    def options(self, question: Question, locale: str, chosen: str = "") -> Sequence[Option]:
        return [Option(word, Wording(said.text(locale))) for word, said in _WORDS.values()]

    def schema(self, question: Question) -> Schema:
        return {"type": "boolean"}
