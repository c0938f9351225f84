"""A consent: a box to tick beside the text that is agreed to."""

from app.forms.kinds.boolean import Boolean
from app.forms.kinds.kind import first
from app.forms.question import Question, Raw, Value
from app.lib.i18n import Message


class Consent(Boolean):
    """Given or not given. An empty box says "not given", which is an answer."""

    name = "consent"
    rules = frozenset({"must_be_given"})

    def control(self, question: Question) -> str:
        return "checkbox"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        if first(raw) == "on":  # what a browser sends for a box without a value
            return True
        return super().read(raw, question, locale)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": ["true"] if value else []}

    def blank(self) -> Value | None:
        return False

    def missing(self, question: Question) -> Message:
        return Message("Tick the box for “{label}” to continue.", label=question.label)
