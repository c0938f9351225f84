"""The finding: what the doctor says of a page: one sentence, and the exact line to change."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from app.domain.remedies import REMEDIES


class Finding(NamedTuple):
    """`code` is stable; `line` is the page's, 0 where it is not about one.

    `is_wrong` is false for what works today and may not tomorrow, or cannot be seen from outside.
    """

    code: str
    sentence: str
    change: str
    is_wrong: bool = True
    line: int = 0

    @property
    def docs(self) -> str:
        """Where it is explained: a refusal of ours with all others, the rest with the doctor."""
        page = "troubleshooting" if self.code in REMEDIES else "doctor"
        return f"docs/{page}.md#{self.code}"

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "is_wrong": self.is_wrong,
            "sentence": self.sentence,
            "change": self.change,
            "line": self.line or None,
            "docs": self.docs,
        }


def wrong(code: str, sentence: str, change: str, line: int = 0) -> Finding:
    """What keeps a step from appearing or from being answered, or shows it to strangers."""
    return Finding(code, sentence, change, line=line)


def doubtful(code: str, sentence: str, change: str, line: int = 0) -> Finding:
    """What a developer should know of, and may leave."""
    return Finding(code, sentence, change, is_wrong=False, line=line)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each once, what is wrong before what is doubtful, else as they were found."""
    return sorted(dict.fromkeys(findings), key=lambda one: not one.is_wrong)
