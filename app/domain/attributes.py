"""The attributes: what may be stored about a person, and how it is asked and guarded."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from app.domain.parts import AttributeKey, Duration, Part, Text, Written
from app.forms.rules import Rules

KindName = Literal[
    "text",
    "multiline",
    "email",
    "tel",
    "url",
    "number",
    "integer",
    "boolean",
    "choice",
    "choices",
    "consent",
    "birthdate",
    "country",
    "language",
    "timezone",
]
Right = Literal["hidden", "read", "write"]


class OptionDefinition(Part):
    """One option of a choice."""

    value: Written = Field(max_length=255, description="What is stored.")
    label: Text = Field(description="What the person reads.")


class Access(Part):
    """What each party may do with an attribute."""

    subject: Right = Field("write", description="The person.")
    application: Right = Field("write", description="The sites' servers.")
    operator: Right = Field("write", description="The operator.")


_TO_READ, _TO_WRITE = Access(subject="read"), Access()


def _options_in_short(written: Any) -> Any:
    if isinstance(written, list | tuple):
        return tuple({"value": o, "label": o} if isinstance(o, str) else o for o in written)
    return written


class Attribute(Part):
    """The definition of one datum about a person.

    A standard claim of OpenID Connect may be written as `{}`: kind, label and autocomplete token
    are built in. What is written wins.
    """

    kind: KindName | None = Field(
        None, description="How it is read, checked, stored and shown. Built in for standard claims."
    )
    label: Text | None = Field(None, description="The question. By default the key in words.")
    hint: Text | None = Field(None, description="One sentence of help under the label.")
    rules: Rules = Field(default_factory=Rules, description="What a good answer fulfils.")
    options: Annotated[
        tuple[OptionDefinition, ...],
        BeforeValidator(
            _options_in_short, json_schema_input_type=tuple[OptionDefinition | Written, ...]
        ),
    ] = Field((), description="The options of a choice or of choices; `[small, large]` in short.")
    autocomplete: str | None = Field(
        None, max_length=64, description="The HTML autocomplete token, such as `organization`."
    )
    bucket: Literal["user_metadata", "app_metadata"] = Field(
        "user_metadata", description="`app_metadata` can be written by a server only."
    )
    access: Access | None = Field(None, description="Finer rights than the bucket gives.")
    authority: Literal["person", "claim"] = Field(
        "person", description="Whose word counts when the person and a claim differ."
    )
    fill: Literal["unset", "login", "first_sight"] = Field(
        "unset", description="When a claim of the assertion fills it."
    )
    valid_for: Duration | None = Field(
        None, description="After this time it is asked again, prefilled."
    )
    verify: Literal["later"] | None = Field(
        None, description="`later`: the answer is kept unverified until the host verifies it."
    )
    purpose: str | None = Field(None, max_length=255, description="A consent's purpose.")
    version: int | None = Field(
        None, ge=1, description="A consent's version; a new one makes it stale."
    )
    text: Text | None = Field(None, description="A consent's text.")
    renamed_from: AttributeKey | None = Field(
        None, description="Its former key: the answers stay with it."
    )
    retired: Literal["keep"] | None = Field(
        None, description="No longer asked or shown; its answers are kept."
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.options and self.kind not in ("choice", "choices"):
            raise ValueError("options go with the kinds choice and choices")
        if self.kind in ("choice", "choices") and not self.options:
            raise ValueError(f"a {self.kind} needs options")
        values = [option.value for option in self.options]
        if len(values) != len(set(values)):
            raise ValueError("two options have the same value")
        if self.kind == "consent" and (self.text is None or self.purpose is None):
            raise ValueError("a consent needs a purpose and a text")
        return self

    @property
    def rights(self) -> Access:
        """The rights in force: those written, else those of the bucket."""
        if self.access:
            return self.access
        return _TO_READ if self.bucket == "app_metadata" else _TO_WRITE
