"""Rules about how much: numbers, ages, counts; and that a consent is given."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, RootModel, model_validator

from app.forms.rules.rule import Asked, Rule
from app.lib.i18n import Message, counted


class Range(Rule):
    """The least and the greatest number, both included."""

    min: Decimal | None = Field(None, allow_inf_nan=False, description="The least.")
    max: Decimal | None = Field(None, allow_inf_nan=False, description="The greatest.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max")
        return self

    def check(self, value: str | int, asked: Asked) -> Message | None:
        number = Decimal(value)
        if self.min is not None and number < self.min:
            return Message("Enter {min} or more for “{label}”.", min=self.min, label=asked.label)
        if self.max is not None and number > self.max:
            return Message("Enter {max} or less for “{label}”.", max=self.max, label=asked.label)
        return None


class Step(RootModel[Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]]):
    """The number is a multiple of this."""

    def check(self, value: str | int, asked: Asked) -> Message | None:
        if Decimal(value) % self.root == 0:
            return None
        return Message(
            "Enter a multiple of {step} for “{label}”.", step=self.root, label=asked.label
        )


class Digits(Rule):
    """How many digits stand before and behind the decimal sign at most."""

    whole: int | None = Field(None, ge=1, le=30, description="Before the decimal sign.")
    fraction: int | None = Field(None, ge=0, le=30, description="Behind the decimal sign.")

    def check(self, value: str | int, asked: Asked) -> Message | None:
        whole, _, fraction = str(value).lstrip("-").partition(".")
        if self.whole is not None and len(whole) > self.whole:
            return counted(
                "Enter at most {n} digit before the decimal point in “{label}”.",
                "Enter at most {n} digits before the decimal point in “{label}”.",
                self.whole,
                label=asked.label,
            )
        if self.fraction == 0 and fraction:
            return Message("Enter a whole number for “{label}”.", label=asked.label)
        if self.fraction is not None and len(fraction) > self.fraction:
            return counted(
                "Enter at most {n} decimal place for “{label}”.",
                "Enter at most {n} decimal places for “{label}”.",
                self.fraction,
                label=asked.label,
            )
        return None


class Age(Rule):
    """How old a person is today, in whole years."""

    min: int | None = Field(None, ge=0, le=150, description="At least so many years.")
    max: int | None = Field(None, ge=0, le=150, description="At most so many years.")

    def check(self, value: str, asked: Asked) -> Message | None:
        if asked.at is None or value.startswith("0000"):
            return None
        years = age_of(date.fromisoformat(value), asked.at.date())
        if self.min is not None and years < self.min:
            return counted(
                "This is for people who are at least {n} year old. Check the date of birth.",
                "This is for people who are at least {n} years old. Check the date of birth.",
                self.min,
            )
        if self.max is not None and years > self.max:
            return counted(
                "This is for people who are at most {n} year old. Check the date of birth.",
                "This is for people who are at most {n} years old. Check the date of birth.",
                self.max,
            )
        return None


def age_of(born: date, today: date) -> int:
    """Whole years between birth and today; who was born on 29 February turns on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


class Count(Rule):
    """How many options are chosen."""

    min: int | None = Field(None, ge=1, description="At least so many.")
    max: int | None = Field(None, ge=1, description="At most so many.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max")
        return self

    def check(self, value: list[str], asked: Asked) -> Message | None:
        if self.min is not None and len(value) < self.min:
            return counted(
                "Choose at least {n} option for “{label}”.",
                "Choose at least {n} options for “{label}”.",
                self.min,
                label=asked.label,
            )
        if self.max is not None and len(value) > self.max:
            return counted(
                "Choose at most {n} option for “{label}”.",
                "Choose at most {n} options for “{label}”.",
                self.max,
                label=asked.label,
            )
        return None


class MustBeGiven(RootModel[bool]):
    """Without this consent the form cannot be sent."""

    def check(self, value: bool, asked: Asked) -> Message | None:
        if value or not self.root:
            return None
        return Message("Tick the box for “{label}” to continue.", label=asked.label)
