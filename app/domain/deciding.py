"""The decision: who is asked what, when; pure, total and deterministic, with a trace of why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.answers import State, state_of
from app.domain.moments import Moment
from app.domain.progress import Progress
from app.domain.releases import Release
from app.domain.steps import Step, StepField
from app.domain.subjects import Subject
from app.domain.times import from_milliseconds, to_milliseconds

_ASKABLE = (State.UNSET, State.STALE, State.SUGGESTED)


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


@dataclass(frozen=True, slots=True)
class Decision:
    """The step to show with the attributes it asks, in order, or neither.

    `trace` is empty unless an explanation was asked for.
    """

    step: str | None = None
    attributes: tuple[str, ...] = ()
    trace: tuple[TraceLine, ...] = ()


@dataclass(slots=True)
class Standing:
    """One person before one release at one moment: the facts that gates and conditions ask for."""

    release: Release
    subject: Subject
    moment: Moment
    _states: dict[str, State] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return self.moment.at

    @property
    def site(self) -> str:
        return self.moment.site

    @property
    def locale(self) -> str:
        return self.moment.locale

    @property
    def logins(self) -> int:
        return self.subject.logins(self.moment.site)

    @property
    def first_seen(self) -> datetime | None:
        return self.subject.first_seen

    def answer(self, attribute: str) -> Any:
        """The known value of an attribute, stale or not; None where nothing is known."""
        if self.state(attribute) not in (State.ANSWERED, State.STALE):
            return None
        answer = self.subject.answer(self.release.attribute_id(attribute))
        return answer.value if answer else None

    def state(self, attribute: str) -> State:
        """The state of an attribute's answer at this moment."""
        known = self._states.get(attribute)
        if known is None:
            known = self._states[attribute] = self._look_up(attribute)
        return known

    def _look_up(self, attribute: str) -> State:
        answer = self.subject.answer(self.release.attribute_id(attribute))
        if answer is None:
            return State.UNSET
        said_at, at = self.subject.said_at(answer), to_milliseconds(self.moment.at)
        return state_of(answer, said_at, self.release.attributes[attribute], at)

    def claim(self, name: str) -> Any:
        return self.moment.claims.get(name)

    def has_completed(self, step: str) -> bool:
        return self.subject.progress(step).completed_at is not None

    def has_skipped(self, step: str) -> bool:
        return self.subject.progress(step).skipped_at is not None

    def askable(self, step: Step) -> tuple[StepField, ...]:
        """The fields that may be asked now, all of them, in order."""
        return tuple(f for f in step.fields if self._is_visible(f) and self._is_askable(f))

    def shown(self, step: Step) -> tuple[StepField, ...]:
        """The fields a prompt shows: the askable ones, up to the step's limit, or all."""
        if step.ask == "all":
            return tuple(f for f in step.fields if self._is_visible(f) and not self._is_settled(f))
        return self.askable(step)[: step.at_most]

    def _is_visible(self, field: StepField) -> bool:
        attribute = self.release.attributes[field.attribute]
        if attribute.retired or attribute.rights.subject != "write":
            return False
        return field.when is None or field.when.holds(self)

    def _is_askable(self, field: StepField) -> bool:
        state = self.state(field.attribute)
        return state in _ASKABLE or (field.required and state is State.EMPTY)

    def _is_settled(self, field: StepField) -> bool:
        return self.state(field.attribute) in (State.DECLINED, State.NOT_APPLICABLE)


def decide(release: Release, subject: Subject, moment: Moment) -> Decision:
    """The step to show to this person at this moment, or none."""
    standing = Standing(release, subject, moment)
    for key in release.candidates(moment.site, moment.on):
        if _first_reason(standing, key) is None:
            return _chosen(standing, key)
    return Decision()


def explain(release: Release, subject: Subject, moment: Moment) -> Decision:
    """The same decision, with a trace over all steps: the winner first, then by rank."""
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
    return Decision(chosen.step, chosen.attributes, tuple(lines))


def _chosen(standing: Standing, key: str) -> Decision:
    fields = standing.shown(standing.release.steps[key])
    return Decision(key, tuple(field.attribute for field in fields))


def _first_reason(standing: Standing, key: str) -> str | None:
    step, progress = standing.release.steps[key], standing.subject.progress(key)
    for _, reason_of, _ in _GATES:
        reason = reason_of(standing, key, step, progress)
        if reason:
            return reason
    return None


def _findings(standing: Standing, key: str) -> list[Finding]:
    step, progress = standing.release.steps[key], standing.subject.progress(key)
    findings: list[Finding] = []
    for name, reason_of, values_of in _GATES:
        reason = reason_of(standing, key, step, progress)
        findings.append(Finding(name, reason, values_of(standing, step, progress)))
        if reason:
            break
    return findings


def _rank(standing: Standing, key: str, winner: str | None) -> Finding:
    reason = f"outranked_by {winner}" if winner else None
    return Finding("rank", reason, f"priority {standing.release.steps[key].priority}")


# The gates. Each says why a step may not appear, or None.


def _published(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    if standing.release.is_paused(key):
        return "paused"
    too_early = step.from_ is not None and standing.at < step.from_
    too_late = step.until is not None and standing.at >= step.until
    return "not_scheduled" if too_early or too_late else None


def _on_site(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    return None if not step.sites or standing.site in step.sites else "other_site"


def _triggered(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    moment = standing.moment
    if moment.on == "request" and moment.step != key:
        return "not_triggered"
    if not step.trigger and moment.on == "request":
        return None
    logins, opened = standing.logins, progress.is_open
    fits = any(trigger.matches(moment, logins, opened=opened) for trigger in step.trigger)
    return None if fits else "not_triggered"


def _in_audience(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    return None if step.audience is None or step.audience.holds(standing) else "not_in_audience"


def _unfinished(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    if progress.completed_at is None or step.again > progress.round:
        return None
    moment = standing.moment
    if progress.completed_at >= to_milliseconds(moment.at):
        return "completed"
    if progress.completed_in == moment.sitting and not moment.is_asked_for:
        return "completed"
    return None if _is_reopened(standing, step, progress) else "completed"


def _is_reopened(standing: Standing, step: Step, progress: Progress) -> bool:
    release = standing.release
    return any(
        release.attribute_id(field.attribute) not in progress.shown
        or standing.state(field.attribute) is State.STALE
        for field in standing.askable(step)
    )


def _something_to_ask(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    return None if standing.askable(step) else "nothing_to_ask"


def _rested(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    moment = standing.moment
    if moment.is_asked_for:
        return None
    if progress.stopped:
        return "stopped"
    if progress.is_resting(moment.at) and progress.rests_until is not None:
        return f"snoozed_until {_moment(progress.rests_until)}"
    if progress.dismissed == moment.sitting:
        return "dismissed"
    worn = step.prompts is not None and progress.prompts >= step.prompts
    return "prompted_enough" if worn and progress.prompted_in != moment.sitting else None


# What the gates looked at, in words, for the trace.


def _moment(at: int) -> str:
    return from_milliseconds(at).isoformat(timespec="seconds").replace("+00:00", "Z")


def _schedule_values(standing: Standing, step: Step, progress: Progress) -> str:
    bounds = [("from", step.from_), ("until", step.until)]
    written = [f"{name} {bound.isoformat()}" for name, bound in bounds if bound]
    return ", ".join([f"release {standing.release.number}", *written])


def _site_values(standing: Standing, step: Step, progress: Progress) -> str:
    return f"{standing.site}; the step is for {', '.join(step.sites) or 'every site'}"


def _trigger_values(standing: Standing, step: Step, progress: Progress) -> str:
    moment = standing.moment
    details = [moment.on, moment.name, moment.step, "page" if moment.url else None]
    said = " ".join(detail for detail in details if detail)
    return f"{said}, logins {standing.logins}"


def _audience_values(standing: Standing, step: Step, progress: Progress) -> str:
    if step.audience is None:
        return "everybody"
    read = sorted({part.attribute for part in step.audience.parts() if part.attribute})
    return ", ".join(f"{name}: {standing.state(name)}" for name in read) or "no attributes"


def _asking_values(standing: Standing, step: Step, progress: Progress) -> str:
    return ", ".join(f"{f.attribute}: {standing.state(f.attribute)}" for f in step.fields)


def _progress_values(standing: Standing, step: Step, progress: Progress) -> str:
    if progress.completed_at is None:
        return "never completed"
    return f"completed {_moment(progress.completed_at)}"


def _resting_values(standing: Standing, step: Step, progress: Progress) -> str:
    asked_for = ", asked for by the person" if standing.moment.is_asked_for else ""
    return f"prompts {progress.prompts}, skips {progress.skips}{asked_for}"


_Reason = Callable[[Standing, str, Step, Progress], str | None]
_Values = Callable[[Standing, Step, Progress], str]

_GATES: tuple[tuple[str, _Reason, _Values], ...] = (
    ("published", _published, _schedule_values),
    ("site", _on_site, _site_values),
    ("trigger", _triggered, _trigger_values),
    ("audience", _in_audience, _audience_values),
    ("not finished", _unfinished, _progress_values),
    ("something to ask", _something_to_ask, _asking_values),
    ("not resting", _rested, _resting_values),
)
