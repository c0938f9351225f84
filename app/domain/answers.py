"""The answers: a value with its state and where it came from, and which source outranks which."""

from enum import StrEnum
from typing import Any

import msgspec

from app.domain.attributes import Attribute
from app.domain.times import milliseconds_of


class State(StrEnum):
    """The states of an answer: four are stored, three are derived when it is looked at."""

    ANSWERED = "answered"
    EMPTY = "empty"
    DECLINED = "declined"
    NOT_APPLICABLE = "not_applicable"
    UNSET = "unset"
    STALE = "stale"
    SUGGESTED = "suggested"


class Source(StrEnum):
    """Who said it."""

    STEP = "step"
    EDITOR = "editor"
    OPERATOR = "operator"
    API = "api"
    CLAIM = "claim"
    ENRICHMENT = "enrichment"
    IMPORT = "import"


# The strongest first: a weaker source never overwrites a stronger one, it suggests.
_RANKS = {
    Source.STEP: 0,
    Source.EDITOR: 0,
    Source.OPERATOR: 1,
    Source.API: 2,
    Source.CLAIM: 3,
    Source.ENRICHMENT: 4,
    Source.IMPORT: 5,
}


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an answer came from; stored once per submission. `at` is in milliseconds."""

    source: Source
    at: int
    site: str | None = None
    step: str | None = None
    release: int | None = None
    locale: str | None = None
    actor: str | None = None


class Suggestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value that a weaker source offered. `at` is in milliseconds."""

    value: Any
    source: Source
    at: int


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer as the aggregate holds it. `by` names its provenance there.

    `value` is what the attribute's kind stores (a string, a number, a boolean or a list of
    strings). `version` is the version of a consent's text that was agreed or refused to.
    """

    state: State
    value: Any = None
    by: str = ""
    suggestion: Suggestion | None = None
    version: int | None = None
    verified_at: int | None = None


def state_of(answer: Answer | None, said_at: int | None, attribute: Attribute, at: int) -> State:
    """The state of an answer at a moment (both in milliseconds)."""
    if answer is None or answer.state is State.UNSET:
        return State.SUGGESTED if answer and answer.suggestion else State.UNSET
    if answer.state is State.ANSWERED and _is_stale(answer, said_at, attribute, at):
        return State.STALE
    return answer.state


def _is_stale(answer: Answer, said_at: int | None, attribute: Attribute, at: int) -> bool:
    if attribute.version is not None and (answer.version or 0) < attribute.version:
        return True
    span = attribute.valid_for
    return span is not None and said_at is not None and said_at + milliseconds_of(span) <= at


def outranks(source: Source, other: Source, attribute: Attribute) -> bool:
    """Whether `source` may overwrite what `other` said; equals may."""
    return _rank(source, attribute) <= _rank(other, attribute)


def _rank(source: Source, attribute: Attribute) -> int:
    return -1 if source is Source.CLAIM and attribute.authority == "claim" else _RANKS[source]
