"""Questions as the tests ask them."""

from datetime import UTC, datetime
from typing import Any

from app.forms.kinds import find_kind
from app.forms.problem import Problem
from app.forms.question import Option, Question, Value
from app.forms.rules import Rules
from app.lib.i18n import Wording

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZES = tuple(
    Option(value, Wording(label))
    for value, label in (("s", "1–10"), ("m", "11–200"), ("l", "201+"))
)
LOCALES = """
    ar az bg bn ca cs da de el en es et fa fi fil fr he hi hr hu id it ja ka ko lt lv ms nb nl pl
    pt-BR pt-PT ro ru sk sr sv th tr uk vi zh-Hans zh-Hant de-AT de-CH en-XA ar-XB ar-EG fr-CH
""".split()  # noqa: SIM905


def ask(kind: str, /, *, rules: dict[str, Any] | None = None, **more: Any) -> Question:
    """A question of a kind, "Company" if nobody says otherwise."""
    known: dict[str, Any] = {"name": "company", "label": Wording("Company"), "options": ()}
    if kind in ("choice", "choices"):
        known["options"] = SIZES
    found = Rules.model_validate(rules or {})
    return Question(kind=find_kind(kind), rules=found, **(known | more))


def read(question: Question, *typed: str, locale: str = "en", **parts: str) -> Value:
    """The value of what was typed, rules checked. Raises Problem."""
    raw = {"": list(typed)} if typed else {}
    raw |= {part: [text] for part, text in parts.items()}
    question.kind.typed(raw, question)
    value = question.kind.read(raw, question, locale)
    question.kind.check(value, question, locale, AT)
    return value


def message_of(question: Question, *typed: str, locale: str = "en", **parts: str) -> str:
    """What the person is told; empty when the answer is good."""
    try:
        read(question, *typed, locale=locale, **parts)
    except Problem as problem:
        return problem.message.text("en")
    return ""
