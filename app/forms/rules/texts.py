"""Rules about text: its length, its pattern, and what it may or may not be."""

from typing import Annotated, Any, Self

import re2
from pydantic import AfterValidator, Field, PrivateAttr, RootModel, model_validator

from app.forms.rules.rule import MAX_LISTED, Asked, Rule, listed
from app.lib.i18n import Message, Verbatim, counted, wording


class Length(Rule):
    """How many characters (Unicode code points, NFC) a text has."""

    min: int | None = Field(None, ge=1, le=100_000, description="The fewest characters.")
    max: int | None = Field(None, ge=1, le=100_000, description="The most characters.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max")
        return self

    def check(self, value: str | list[str], asked: Asked) -> Message | None:
        size = len(value)
        if self.min is not None and size < self.min:
            return counted(
                "Use at least {n} character for “{label}”.",
                "Use at least {n} characters for “{label}”.",
                self.min,
                label=asked.label,
            )
        if self.max is not None and size > self.max:
            return too_long(self.max, size, asked.label)
        return None


def too_long(most: int, used: int, label: str) -> Message:
    """The message of a text that is too long."""
    return counted(
        "Use at most {n} character for “{label}”. You used {used}.",
        "Use at most {n} characters for “{label}”. You used {used}.",
        most,
        used=used,
        label=label,
    )


def _compiled(regex: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(regex, options)
    except re2.error as error:
        reason = str(error.args[0], "utf-8", "replace")
        raise ValueError(f"RE2 (no look-around, no references) refuses it: {reason}") from None


def _compiles(regex: str) -> str:
    _compiled(regex)
    return regex


class Pattern(Rule):
    """A regular expression (RE2: linear in time, whatever is typed) for the whole text."""

    regex: Annotated[str, AfterValidator(_compiles)] = Field(
        min_length=1, max_length=1000, description="An expression of RE2, for the whole text."
    )
    message: str | dict[str, str] | None = Field(
        None, description="What to do instead: a text, or one per locale."
    )
    _expression: Any = PrivateAttr(None)

    def model_post_init(self, _context: Any) -> None:
        self._expression = _compiled(self.regex)

    def check(self, value: str, asked: Asked) -> Message | None:
        if self._expression.fullmatch(value):
            return None
        if self.message:
            return Verbatim(wording(self.message, asked.locale))
        return Message("Check how “{label}” is written.", label=asked.label)


class OneOf(RootModel[Annotated[tuple[str, ...], Field(min_length=1)]], frozen=True):
    """The values that are accepted."""

    def check(self, value: str, asked: Asked) -> Message | None:
        if value in self.root:
            return None
        if len(self.root) > MAX_LISTED:
            return Message("Use one of the accepted answers for “{label}”.", label=asked.label)
        return Message(
            "Use one of these for “{label}”: {values}.",
            label=asked.label,
            values=listed(self.root),
        )


class NotOneOf(RootModel[tuple[str, ...]], frozen=True):
    """The values that are not accepted, however their letters are cased."""

    def check(self, value: str, asked: Asked) -> Message | None:
        if value.casefold() not in {refused.casefold() for refused in self.root}:
            return None
        return Message(
            "Use another answer for “{label}”: this one is not accepted.", label=asked.label
        )
