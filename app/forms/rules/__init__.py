"""Rules: what a good answer fulfils, as data that an operator writes."""

from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from app.forms.rules.amounts import Age, Count, Digits, MustBeGiven, Range, Step
from app.forms.rules.contacts import Domains, Hosts, NumberType, Region, Schemes
from app.forms.rules.rule import Asked, Check, Rule
from app.forms.rules.texts import Length, NotOneOf, OneOf, Pattern
from app.lib.i18n import Message


class Rules(Rule):
    """The rules of one attribute. Which of them count, its kind says (`Kind.rules`)."""

    length: Length | None = Field(None, description="How many characters.")
    pattern: Pattern | None = Field(None, description="A regular expression with its message.")
    one_of: OneOf | None = Field(None, description="Only these values.")
    not_one_of: NotOneOf | None = Field(None, description="None of these values.")
    domains: Domains | None = Field(None, description="At which domains an e-mail address is.")
    region: Region | None = Field(None, description="From which regions a phone number is.")
    type: NumberType | None = Field(None, description="Of which type a phone number is.")
    schemes: Schemes | None = Field(None, description="Schemes of a web address.")
    hosts: Hosts | None = Field(None, description="Hosts of a web address.")
    range: Range | None = Field(None, description="The least and the greatest number.")
    step: Step | None = Field(None, description="The number is a multiple of this.")
    digits: Digits | None = Field(None, description="Digits before and behind the decimal sign.")
    age: Age | None = Field(None, description="How old a person is.")
    count: Count | None = Field(None, description="How many options are chosen.")
    must_be_given: MustBeGiven | None = Field(None, description="The consent is needed.")
    year: Literal["required", "optional"] | None = Field(
        None, description="`optional`: a birthdate may lack its year."
    )
    first: tuple[str, ...] | None = Field(None, description="Options that are listed first.")

    @cached_property
    def _checks(self) -> tuple[tuple[str, Check], ...]:
        members = ((name, getattr(self, name)) for name in type(self).model_fields)
        return tuple((name, rule) for name, rule in members if hasattr(rule, "check"))

    @property
    def names(self) -> frozenset[str]:
        """The names of the rules that are set."""
        return frozenset(n for n in type(self).model_fields if getattr(self, n) is not None)

    def check(self, value: Any, asked: Asked, known: frozenset[str]) -> Message | None:
        """What to do instead, by the first of the `known` rules that is not fulfilled."""
        for name, rule in self._checks:
            message = rule.check(value, asked) if name in known else None
            if message:
                return message
        return None


__all__ = ["Asked", "Rules"]
