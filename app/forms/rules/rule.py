"""A rule: one validation, as data. It sees a good value of its kind and says what to do instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from app.lib.i18n import Message

MAX_LISTED = 8  # a sentence that lists more than this helps nobody


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule may know besides the value. Without `at` nothing is compared with today."""

    label: str
    locale: str
    at: datetime | None = None


class Rule(BaseModel):
    """A rule with members of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(Protocol):
    """What every rule can do."""

    def check(self, value: Any, asked: Asked) -> Message | None:
        """What to do instead; nothing when the value fulfils the rule."""


def listed(values: Sequence[str]) -> tuple[str, ...]:
    """The values as a message lists them: only so many."""
    return tuple(values[:MAX_LISTED])
