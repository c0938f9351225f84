"""The audience: a tree of conditions over what is known of a person, and whether it holds."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, Protocol, Self

from pydantic import AfterValidator, Field, model_validator

from app.domain.comparing import compare, read_date
from app.domain.parts import AttributeKey, Key, Locale, Moment, Part

Scalar = str | int | float | bool


def _dated(written: str) -> str:
    if read_date(written) is None:
        raise ValueError("write a date like 2026-12-31, or a moment like 2026-12-31T18:00:00Z")
    return written


Dated = Annotated[str, AfterValidator(_dated)]


STATES = ("known", "missing", "stale", "declined")
COMPARISONS = (
    "equals",
    "one_of",
    "contains",
    "starts_with",
    "matches",
    "at_least",
    "at_most",
    "before",
    "after",
)


class Facts(Protocol):
    """What a condition may ask about one person at one moment."""

    @property
    def site(self) -> str: ...

    @property
    def locale(self) -> str: ...

    @property
    def logins(self) -> int: ...

    @property
    def first_seen(self) -> datetime | None: ...

    def answer(self, attribute: str) -> Any:
        """The known value, or None when there is none."""

    def state(self, attribute: str) -> str:
        """The answer's state; `unset` when there is none, `stale` when it is too old."""

    def claim(self, name: str) -> Any:
        """The claim's value, or None."""

    def has_completed(self, step: str) -> bool: ...

    def has_skipped(self, step: str) -> bool: ...


class Range(Part):
    """Bounds of a number, both included."""

    at_least: int | None = Field(None, description="The smallest number that fits.")
    at_most: int | None = Field(None, description="The largest number that fits.")

    def includes(self, number: int) -> bool:
        return (self.at_least is None or number >= self.at_least) and (
            self.at_most is None or number <= self.at_most
        )


class Period(Part):
    """Bounds of a moment: not before `after`, and before `before`."""

    after: Moment | None = Field(None, description="From this moment on.")
    before: Moment | None = Field(None, description="Until just before this moment.")

    def includes(self, moment: datetime) -> bool:
        return (self.after is None or moment >= self.after) and (
            self.before is None or moment < self.before
        )


class Condition(Part):
    """One condition: exactly one operand, and for an attribute or a claim one operator."""

    all: tuple["Condition", ...] | None = Field(None, description="Every one of these holds.")
    any: tuple["Condition", ...] | None = Field(None, description="At least one of these holds.")
    not_: "Condition | None" = Field(None, alias="not", description="This does not hold.")
    attribute: AttributeKey | None = Field(None, description="An answer of the person.")
    claim: str | None = Field(None, description="A claim of the assertion.", max_length=255)
    site: Key | tuple[Key, ...] | None = Field(None, description="The site (or one of the sites).")
    locale: Locale | tuple[Locale, ...] | None = Field(
        None, description="The person's language (or one of several); `de` includes `de-AT`."
    )
    logins: Range | None = Field(None, description="How often the person has logged in.")
    first_seen: Period | None = Field(None, description="When the person was first seen.")
    completed: Key | None = Field(None, description="A step the person has completed.")
    skipped: Key | None = Field(None, description="A step the person has skipped.")

    known: bool | AttributeKey | None = Field(
        None, description="Whether there is an answer; `known: company` names it in short."
    )
    missing: bool | AttributeKey | None = Field(
        None, description="Whether there is no answer; `missing: company` in short."
    )
    stale: bool | AttributeKey | None = Field(
        None, description="Whether the answer is older than `valid_for`."
    )
    declined: bool | AttributeKey | None = Field(
        None, description="Whether the person would rather not say."
    )
    equals: Scalar | None = Field(None, description="The value is this one.")
    one_of: tuple[Scalar, ...] | None = Field(None, description="The value is one of these.")
    contains: Scalar | None = Field(
        None, description="The text contains this, or the list has this member."
    )
    starts_with: str | None = Field(None, description="The text starts with this.")
    matches: str | None = Field(
        None, description="The text matches this pattern, where `*` stands for anything."
    )
    at_least: float | None = Field(None, description="The number is at least this.")
    at_most: float | None = Field(None, description="The number is at most this.")
    before: Dated | None = Field(None, description="The date is before this one (ISO 8601).")
    after: Dated | None = Field(None, description="The date is this one or later (ISO 8601).")

    @model_validator(mode="before")
    @classmethod
    def _write_short_states_out(cls, written: Any) -> Any:
        if isinstance(written, dict):
            for state in STATES:
                if isinstance(written.get(state), str) and "attribute" not in written:
                    return {**written, "attribute": written[state], state: True}
        return written

    @model_validator(mode="after")
    def _has_one_operand_and_its_operator(self) -> Self:
        operands = [name for name in OPERANDS if getattr(self, name) is not None]
        if len(operands) != 1:
            raise ValueError(f"a condition has exactly one of {', '.join(_spelled(OPERANDS))}")
        operators = [name for name in STATES + COMPARISONS if getattr(self, name) is not None]
        wanted = 1 if operands[0] in ("attribute", "claim") else 0
        if len(operators) != wanted and wanted:
            raise ValueError(
                f"say what is asked of the {operands[0]}: one of {', '.join(STATES + COMPARISONS)}"
            )
        if len(operators) != wanted:
            raise ValueError(f"{operators[0]!r} goes with an attribute or a claim")
        return self

    @property
    def operand(self) -> str:
        """The name of the one operand."""
        return next(name for name in OPERANDS if getattr(self, name) is not None)

    @property
    def operator(self) -> str:
        """The name of the one operator of an attribute or claim."""
        return next(name for name in STATES + COMPARISONS if getattr(self, name) is not None)

    def parts(self) -> Iterator["Condition"]:
        """This condition and every one inside it."""
        yield self
        for inner in (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ())):
            yield from inner.parts()

    def holds(self, facts: Facts) -> bool:
        """Whether it holds; total: values that cannot be compared do not."""
        return _HOLDS[self.operand](self, facts)


OPERANDS = (
    "all",
    "any",
    "not_",
    "attribute",
    "claim",
    "site",
    "locale",
    "logins",
    "first_seen",
    "completed",
    "skipped",
)


def _spelled(names: tuple[str, ...]) -> list[str]:
    return [name.rstrip("_") for name in names]


def _names(one_or_several: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (one_or_several,) if isinstance(one_or_several, str) else one_or_several or ()


def _attribute_holds(condition: Condition, facts: Facts) -> bool:
    name, how = str(condition.attribute), condition.operator
    if how in STATES:
        return _STATE_HOLDS[how](facts.state(name)) is getattr(condition, how)
    return compare(how, facts.answer(name), getattr(condition, how))


def _claim_holds(condition: Condition, facts: Facts) -> bool:
    value, how = facts.claim(str(condition.claim)), condition.operator
    if how in STATES:
        state = "unset" if value is None else "answered"
        return _STATE_HOLDS[how](state) is getattr(condition, how)
    return compare(how, value, getattr(condition, how))


def _locale_holds(condition: Condition, facts: Facts) -> bool:
    locale = facts.locale.lower()
    wanted = [name.lower() for name in _names(condition.locale)]
    return any(locale == name or locale.startswith(name + "-") for name in wanted)


def _first_seen_holds(condition: Condition, facts: Facts) -> bool:
    period = condition.first_seen
    return bool(period and facts.first_seen and period.includes(facts.first_seen))


_STATE_HOLDS: dict[str, Callable[[str], bool]] = {
    "known": lambda state: state in ("answered", "stale"),
    "missing": lambda state: state not in ("answered", "stale"),
    "stale": lambda state: state == "stale",
    "declined": lambda state: state == "declined",
}

_HOLDS: dict[str, Callable[[Condition, Facts], bool]] = {
    "all": lambda c, facts: all(part.holds(facts) for part in c.all or ()),
    "any": lambda c, facts: any(part.holds(facts) for part in c.any or ()),
    "not_": lambda c, facts: not (c.not_ and c.not_.holds(facts)),
    "attribute": _attribute_holds,
    "claim": _claim_holds,
    "site": lambda c, facts: facts.site in _names(c.site),
    "locale": _locale_holds,
    "logins": lambda c, facts: bool(c.logins and c.logins.includes(facts.logins)),
    "first_seen": _first_seen_holds,
    "completed": lambda c, facts: facts.has_completed(str(c.completed)),
    "skipped": lambda c, facts: facts.has_skipped(str(c.skipped)),
}
