"""Kinds whose options are a list of the world: codes of a standard, names from CLDR."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache

from app.forms.cleaning import clean
from app.forms.kinds.kind import Kind, Schema, first, unfit
from app.forms.problem import Problem
from app.forms.question import Option, Question, Raw, Value
from app.lib.i18n import Message, Wording, collated


class Listed(Kind):
    """One code of a list; the operator may narrow the list (`one_of`) or begin it (`first`)."""

    rules = frozenset({"one_of", "not_one_of", "first"})
    longest = 100

    @abstractmethod
    def names(self, locale: str) -> Mapping[str, str]:
        """The names of the listed codes in `locale`; memoised."""

    @abstractmethod
    def code(self, text: str) -> str | None:
        """The canonical code of what somebody wrote, listed or not; None for what is none."""

    def control(self, question: Question) -> str:
        return "select"

    def read(self, raw: Raw, question: Question, locale: str) -> Value:
        return self.accept(clean(first(raw), question.label), question)

    def write(self, value: Value, question: Question, locale: str) -> Raw:
        return {"": [str(value)]}

    def show(self, value: Value, question: Question, locale: str) -> str:
        return self.label(str(value), locale)

    def label(self, code: str, locale: str) -> str:
        """The name of a code, listed or not."""
        return self.names(locale).get(code, code)

    def accept(self, value: object, question: Question) -> Value:
        if not isinstance(value, str):
            raise unfit(question)
        code = self.code(value) if len(value) <= self.longest else None
        if code is None or not _offered(code, question):
            raise Problem(self.missing(question))
        return code

    def missing(self, question: Question) -> Message:
        return Message("Choose one of the options for “{label}”.", label=question.label)

    def options(self, question: Question, locale: str, chosen: str = "") -> Sequence[Option]:
        rules = question.rules
        only = rules.one_of.root if rules.one_of else None
        without = rules.not_one_of.root if rules.not_one_of else ()
        offered = _options(self, locale, only, without, rules.first or ())
        if not chosen or only or chosen in self.names(locale) or self.code(chosen) != chosen:
            return offered
        return _and_unlisted(self, locale, offered, chosen)

    def schema(self, question: Question) -> Schema:
        return {"type": "string", "enum": [o.value for o in self.options(question, "en")]}


def _offered(code: str, question: Question) -> bool:
    only, without = question.rules.one_of, question.rules.not_one_of
    return (only is None or code in only.root) and (without is None or code not in without.root)


@lru_cache(maxsize=256)
def _options(
    kind: Listed,
    locale: str,
    only: tuple[str, ...] | None,
    without: tuple[str, ...],
    at_first: tuple[str, ...],
) -> tuple[Option, ...]:
    """The list as offered: those at first as written, the others by name."""
    codes = [code for code in (only or kind.names(locale)) if code not in without]
    ahead = [code for code in at_first if code in codes]
    named = [Option(code, Wording(kind.label(code, locale))) for code in codes]
    ordered = collated(named, lambda option: option.label, locale)
    place = {code: n for n, code in enumerate(ahead)}
    return tuple(sorted(ordered, key=lambda option: place.get(option.value, len(place))))


@lru_cache(maxsize=64)
def _and_unlisted(
    kind: Listed, locale: str, offered: tuple[Option, ...], code: str
) -> tuple[Option, ...]:
    """The same sequence each time: what is rendered of it is remembered by its identity."""
    return (Option(code, Wording(kind.label(code, locale))), *offered)
