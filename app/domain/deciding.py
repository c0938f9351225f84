"""The decision: who is asked what, when; pure, total and deterministic, with a trace of why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.domain.gates import GATES, Gate
from app.domain.moments import Moment
from app.domain.releases import Release
from app.domain.standing import Standing
from app.domain.subjects import Subject

__all__ = ["Decision", "Finding", "Standing", "TraceLine", "decide", "explain"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One gate as one step met it: the reason is None when it passed."""

    gate: str
    reason: str | None
    values: str


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step with every gate it reached."""

    step: str
    findings: tuple[Finding, ...]

    @property
    def reason(self) -> str | None:
        """Why the step was not chosen; None for the winner."""
        return self.findings[-1].reason


class Decision(msgspec.Struct, frozen=True):
    """The step to show with the attributes it asks, in order, or neither.

    `values` are what its form starts with. `trace` is empty unless an explanation was asked for.
    """

    step: str | None = None
    attributes: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}
    trace: tuple[TraceLine, ...] = ()


def decide(release: Release, subject: Subject, moment: Moment) -> Decision:
    """The step to show to this person at this moment, or none."""
    standing = Standing(release, subject, moment)
    for key in release.candidates(moment.site, moment.on):
        if _closed_gate(standing, key) is None:
            return _chosen(standing, key)
    return Decision()


def explain(release: Release, subject: Subject, moment: Moment) -> Decision:
    """The same decision, with a trace over all steps in the order of their rank."""
    standing = Standing(release, subject, moment)
    winner: str | None = None
    lines = []
    for key in release.ranked:
        findings = _findings(standing, key)
        if findings[-1].reason is None:
            findings.append(_rank(standing, key, winner))
            winner = winner or key
        lines.append(TraceLine(key, tuple(findings)))
    chosen = _chosen(standing, winner) if winner else Decision()
    return msgspec.structs.replace(chosen, trace=tuple(lines))


def _chosen(standing: Standing, key: str) -> Decision:
    fields = standing.shown(standing.release.steps[key])
    attributes = tuple([field.attribute for field in fields])
    return Decision(key, attributes, standing.prefilled(attributes))


def _closed_gate(standing: Standing, key: str) -> Gate | None:
    step, progress = standing.release.steps[key], standing.subject.progress(key)
    for gate in GATES:
        if gate.reason(standing, key, step, progress):
            return gate
    return None


def _findings(standing: Standing, key: str) -> list[Finding]:
    step, progress = standing.release.steps[key], standing.subject.progress(key)
    findings: list[Finding] = []
    for gate in GATES:
        reason = gate.reason(standing, key, step, progress)
        findings.append(Finding(gate.name, reason, gate.values(standing, step, progress)))
        if reason:
            break
    return findings


def _rank(standing: Standing, key: str, winner: str | None) -> Finding:
    reason = f"outranked_by {winner}" if winner else None
    return Finding("rank", reason, f"priority {standing.release.steps[key].priority}")
