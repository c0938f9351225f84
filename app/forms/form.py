"""A form: questions, what was typed into them, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from app.forms.kinds.kind import Kind
from app.forms.problem import Problem
from app.forms.question import Option, Question, Raw, Value
from app.lib.i18n import Message, Verbatim

_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_UNSHOWN = re.compile("[\x00\ud800-\udfff]")  # no HTML can hold them


class Field:
    """A question in a form: its ids, what was typed (or is known), and its problem."""

    __slots__ = ("_raw", "_value", "id", "locale", "problem", "question", "wrong_parts")

    def __init__(self, question: Question, locale: str, value: Value | None, identity: str) -> None:
        self.question = question
        self.locale = locale
        self.id = identity
        self.problem: Message | None = None
        self.wrong_parts: tuple[str, ...] = ()
        self._value = value
        self._raw: Raw | None = None

    @property
    def kind(self) -> Kind:
        return self.question.kind

    @property
    def control(self) -> str:
        """The name of the component that asks."""
        return self.kind.control(self.question)

    @property
    def raw(self) -> Raw:
        """What was typed; before that, what is known, as the locale writes it."""
        if self._raw is None:
            known = self._value
            self._raw = {} if known is None else self.kind.write(known, self.question, self.locale)
        return self._raw

    @property
    def parts(self) -> Sequence[str]:
        """The parts in the order of the locale."""
        return self.kind.ordered_parts(self.question, self.locale)

    @property
    def options(self) -> Sequence[Option]:
        """What can be chosen; long lists are the same object each time."""
        return self.kind.options(self.question, self.locale, self.value())

    @property
    def attributes(self) -> dict[str, str]:
        """HTML attributes of the control that help typing."""
        return self.kind.attributes(self.question)

    def value(self, part: str = "") -> str:
        """What stands in a part, as a page can show it."""
        texts = self.raw.get(part)
        return _UNSHOWN.sub("\ufffd", texts[0]) if texts else ""

    def has(self, part: str, option: str) -> bool:
        """Whether an option is chosen."""
        return option in self.raw.get(part, ())

    def name(self, part: str = "") -> str:
        """The name of a part in the body."""
        return self.question.key(part)

    def part_id(self, part: str = "") -> str:
        """The id of a part's control; that of the first part is the field's own."""
        return self.id if part in ("", self.parts[0]) else f"{self.id}-{part}"

    def is_wrong(self, part: str = "") -> bool:
        """Whether a part is wrong: all are, where the problem names none."""
        return self.problem is not None and (not self.wrong_parts or part in self.wrong_parts)

    @property
    def hint_id(self) -> str:
        return f"{self.id}-hint"

    @property
    def error_id(self) -> str:
        return f"{self.id}-error"

    @property
    def described_by(self) -> str:
        """The ids for `aria-describedby`; empty when there is nothing to describe."""
        ids = [self.hint_id] if self.question.hint else []
        return " ".join([*ids, self.error_id] if self.problem else ids)

    def keep(self, body: Mapping[str, list[str]]) -> Raw:
        """What a body has typed into this field; shown again as it is."""
        names = ((part, self.question.key(part)) for part in self.kind.parts)
        self._raw = {part: body[name] for part, name in names if name in body}
        return self._raw

    def submit(self, body: Mapping[str, list[str]], at: datetime) -> Value | None:
        """The value in a body, None when left blank. Notes the problem it raises."""
        self.problem, self.wrong_parts = None, ()
        try:
            return self._read(self.keep(body), at)
        except Problem as problem:
            self.problem, self.wrong_parts = problem.message, problem.parts
            raise

    def _read(self, raw: Raw, at: datetime) -> Value | None:
        question, kind = self.question, self.question.kind
        kind.typed(raw, question)
        value = kind.blank() if kind.is_blank(raw) else kind.read(raw, question, self.locale)
        if question.required and not value and value in (None, kind.blank()):
            raise Problem(_missing(question))
        if value is not None:
            kind.check(value, question, self.locale, at)
        return value


def _missing(question: Question) -> Message:
    return Verbatim(question.missing) if question.missing else question.kind.missing(question)


class Form:
    """Questions asked together, in one locale.

    `values` are known answers to begin with; `at` is now; `instance` sets the ids of two forms on
    one page apart. `is_blank`: nothing is known or was typed; its fields are made when looked at.
    """

    def __init__(
        self,
        questions: Iterable[Question],
        locale: str,
        *,
        at: datetime,
        values: Mapping[str, Value | None] | None = None,
        instance: str = "",
    ) -> None:
        self.questions = tuple(questions)
        self.locale = locale
        self.at = at
        self.answers: dict[str, Value | None] = {}
        self.is_blank = not values
        self._values = values or {}
        self._instance = instance

    @cached_property
    def fields(self) -> list[Field]:
        """One for each question, in order."""
        return [
            Field(one, self.locale, self._values.get(one.name), _id(self._instance, one.name))
            for one in self.questions
        ]

    def submit(self, body: Mapping[str, list[str]]) -> bool:
        """Read the questions of this form, and nothing else, from a body.

        A question that the body lacks is left blank. True when all is good: then `answers` has
        every question's value, None where it was left blank; else it is empty.
        """
        self.is_blank = False
        answers: dict[str, Value | None] = {}
        for field in self.fields:
            try:
                answers[field.question.name] = field.submit(body, self.at)
            except Problem:
                continue
        is_good = not self.problems
        self.answers = answers if is_good else {}
        return is_good

    def keep(self, body: Mapping[str, list[str]]) -> None:
        """Show what was typed again, unread."""
        self.is_blank = False
        for field in self.fields:
            field.keep(body)

    @property
    def problems(self) -> list[Field]:
        """The fields that are wrong, in order."""
        return [] if self.is_blank else [field for field in self.fields if field.problem]

    @property
    def keys(self) -> frozenset[str]:
        """Every name this form reads from a body."""
        return frozenset([one.key(part) for one in self.questions for part in one.kind.parts])

    def field(self, name: str) -> Field:
        """The field of an attribute. Raises KeyError."""
        for field in self.fields:
            if field.question.name == name:
                return field
        raise KeyError(name)

    def refuse(self, name: str, message: Message) -> None:
        """Say what is wrong with an answer by a rule from outside of the form."""
        self.is_blank = False
        self.field(name).problem = message
        self.answers = {}


def _id(instance: str, name: str) -> str:
    """An id that CSS and URL fragments need not escape."""
    made = f"{instance}{name}"
    if _SAFE.fullmatch(made):
        return made
    made = _UNSAFE.sub("-", made)
    return made if made[0].isalpha() else f"f-{made}"
