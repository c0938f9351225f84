"""A kind of answer: how it is read, checked, written, shown and described."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from app.forms.cleaning import is_blank
from app.forms.problem import Problem
from app.forms.question import Option, Question, Raw, Value
from app.forms.rules import Asked, Rules
from app.forms.rules.texts import too_long
from app.lib.i18n import Message

Schema = dict[str, Any]


class Kind(ABC):
    """One kind. The law: `read(write(v, locale), locale) == v`.

    `rules` are the names of the rules it knows, `longest` the most characters a part may have
    as typed; `repeats`: several values come under one name; `authored`: the operator writes its
    options.
    """

    name: ClassVar[str]
    parts: ClassVar[tuple[str, ...]] = ("",)
    rules: ClassVar[frozenset[str]] = frozenset()
    repeats: ClassVar[bool] = False
    authored: ClassVar[bool] = False
    longest: ClassVar[int] = 1000

    @abstractmethod
    def control(self, question: Question) -> str:
        """The name of the component that asks."""

    @abstractmethod
    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        """The value of what was typed; only called when something was. Raises Problem."""

    @abstractmethod
    def write(self, value: Value, question: Question, locale: str) -> Raw:
        """What a person in `locale` would have typed."""

    def show(self, value: Value, question: Question, locale: str) -> str:
        """The value in human words."""
        return ", ".join(self.write(value, question, locale)[""])

    @abstractmethod
    def accept(self, value: object, question: Question) -> Value:
        """The canonical value of a JSON value from a claim or the API. Raises Problem."""

    @abstractmethod
    def schema(self, question: Question) -> Schema:
        """The JSON Schema (2020-12) of the stored value."""

    def check(self, value: Value, question: Question, locale: str, at: datetime | None) -> None:
        """Raises Problem when a rule is not fulfilled; without `at` no rule looks at today."""
        message = question.rules.check(value, Asked(question.label, locale, at), self.rules)
        if message:
            raise Problem(message)

    def misplaced(self, rules: Rules) -> frozenset[str]:
        """The names of rules that are set and say nothing about this kind: a mistake."""
        return rules.names - self.rules

    def is_blank(self, raw: Raw) -> bool:
        """Whether nothing was typed that anybody could see."""
        return all(is_blank(text) for texts in raw.values() for text in texts)

    def blank(self) -> Value | None:
        """What it means that nothing was typed: left blank, except where that is an answer."""
        return None

    def missing(self, question: Question) -> Message:
        """What to do when a required answer was not given."""
        return Message("Enter an answer for “{label}”.", label=question.label)

    def options(self, question: Question, locale: str, chosen: str = "") -> Sequence[Option]:
        """What can be chosen, in order; built once per locale where the list is long.

        A good value that is `chosen` though it is not offered is among them, lest a form lose it.
        """
        return question.options

    def ordered_parts(self, question: Question, locale: str) -> Sequence[str]:
        """The parts in the order in which the locale writes them."""
        return self.parts

    def attributes(self, question: Question) -> dict[str, str]:
        """HTML attributes that help typing and never hinder it."""
        return {}

    def typed(self, raw: Raw, question: Question) -> None:
        """Raises Problem for what no kind reads: repeated single values, over-long parts."""
        for part, texts in raw.items():
            if len(texts) > 1 and not self.repeats:
                raise Problem(
                    Message("Give only one answer for “{label}”.", label=question.label), part
                )
            for text in texts:
                if len(text) > self.longest:
                    raise Problem(too_long(self.longest, len(text), question.label), part)


def first(raw: Raw, part: str = "") -> str:
    """What was typed into a part, as it is."""
    texts = raw.get(part)
    return texts[0] if texts else ""


def unfit(question: Question) -> Problem:
    """The problem of a JSON value that is not of the kind at all."""
    return Problem(
        Message("The value for “{label}” has a format that is not accepted.", label=question.label)
    )
