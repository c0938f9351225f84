"""A question: a field as asked, resolved for one locale; and the shapes of what is answered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.forms.rules import Rules
from app.lib.i18n import Wording

if TYPE_CHECKING:
    from app.forms.kinds.kind import Kind

# A stored value, as JSON has it. `number` is a decimal in a string.
Value = bool | int | str | list[str]

# What was typed, by part: "" is the main part, a birthdate has `day`, `month` and `year`.
Raw = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers a person can choose from."""

    value: str
    label: Wording


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A field as asked; made once for many, and known by its identity.

    `name` is the attribute's key; `region` (ISO 3166-1) is where a phone number is from when its
    country is not typed; `consent` is the text of a consent; `missing` replaces the sentence shown
    when a required answer is not given.
    """

    name: str
    kind: "Kind"
    label: Wording
    hint: Wording | None = None
    required: bool = False
    rules: Rules = Rules()  # noqa: RUF009  # immutable
    options: tuple[Option, ...] = ()
    autocomplete: str | None = None
    region: str | None = None
    consent: Wording | None = None
    missing: Wording | None = None

    def key(self, part: str = "") -> str:
        """The name of a part in the body of a form."""
        return f"{self.name}-{part}" if part else self.name

    def accepts(self, value: str) -> bool:
        """Whether a value is among the options the operator wrote."""
        return any(option.value == value for option in self.options)
