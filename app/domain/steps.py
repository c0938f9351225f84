"""The steps: named, ordered fields with a moment, an audience and a policy of asking."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from app.domain.audience import Condition
from app.domain.parts import AttributeKey, Duration, Key, Moment, Part, Text, write_duration
from app.domain.triggers import Triggers

DEFAULT_LADDER = (timedelta(days=1), timedelta(days=7), timedelta(days=30))


class StepField(Part):
    """An attribute as asked in a step."""

    attribute: AttributeKey = Field(description="Which attribute is asked.")
    required: bool = Field(False, description="Whether the step can be saved without it.")
    when: Condition | None = Field(None, description="Asked only when this holds.")
    label: Text | None = Field(None, description="The question here, instead of the attribute's.")
    hint: Text | None = Field(None, description="The help here, instead of the attribute's.")


class Skip(Part):
    """What "Skip for now" does: each skip rests the step for the next rung of the ladder."""

    allowed: bool = Field(True, description="Whether the step can be skipped.")
    snooze: tuple[Duration, ...] = Field(
        DEFAULT_LADDER,
        description="How long the step rests after each skip.",
        json_schema_extra={"default": [write_duration(rung) for rung in DEFAULT_LADDER]},
    )
    then: Literal["stop"] = Field("stop", description="After the last rung: never asked again.")
    limit: int | None = Field(
        None, ge=1, description="Stop after this many skips, wherever on the ladder."
    )

    @property
    def rungs(self) -> int:
        """After how many skips the step is asked again; the next one is final."""
        return len(self.snooze) if self.limit is None else min(len(self.snooze), self.limit - 1)


def _field_in_short(written: Any) -> Any:
    return {"attribute": written} if isinstance(written, str) else written


def _skip_in_short(written: Any) -> Any:
    return {"allowed": written} if isinstance(written, bool) else written


class Step(Part):
    """Named, ordered fields with a purpose, a trigger, an audience and a frequency policy."""

    title: Text = Field(description="The heading.")
    purpose: Text | None = Field(None, description="Why it is asked, in one or two sentences.")
    thanks: Text | None = Field(None, description="What the person reads afterwards.")
    fields: tuple[
        Annotated[
            StepField,
            BeforeValidator(_field_in_short, json_schema_input_type=StepField | AttributeKey),
        ],
        ...,
    ] = Field(min_length=1, description="What is asked, in order; `- job_title` in short.")
    trigger: Triggers = Field(
        (), description="When it may appear: one or a list of alternatives. None: on request only."
    )
    sites: tuple[Key, ...] = Field((), description="Where it may appear. None: on every site.")
    audience: Condition | None = Field(None, description="To whom. None: everybody.")
    from_: Moment | None = Field(None, alias="from", description="Not before this moment.")
    until: Moment | None = Field(None, description="Not from this moment on.")
    skip: Annotated[Skip, BeforeValidator(_skip_in_short, json_schema_input_type=Skip | bool)] = (
        Field(default_factory=Skip, description="Whether it can be skipped, and what then.")
    )
    ask: Literal["missing", "all"] = Field(
        "missing", description="`all` shows known answers too, prefilled."
    )
    at_most: int | None = Field(None, ge=1, description="Ask this many at a time, the rest later.")
    prompts: int | None = Field(None, ge=1, description="Show it to one person this often at most.")
    again: int = Field(0, ge=0, description="Raise it to ask everybody once more.")
    priority: int = Field(0, description="The highest wins; then the order of the document.")

    @model_validator(mode="after")
    def _asks_each_attribute_once(self) -> Self:
        names = [field.attribute for field in self.fields]
        if len(names) != len(set(names)):
            raise ValueError("an attribute is asked twice in this step")
        return self

    def condition_parts(self) -> list[Condition]:
        """Every condition in it: of its audience and of its fields."""
        roots = [self.audience, *(field.when for field in self.fields)]
        return [part for root in roots if root for part in root.parts()]
