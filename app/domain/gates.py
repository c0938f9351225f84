"""The gates: why a step may not appear before a person now, each with what it looked at."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.domain.answers import State
from app.domain.audience import Condition
from app.domain.progress import Progress
from app.domain.standing import Standing
from app.domain.steps import Step
from app.domain.subjects import is_named
from app.domain.times import from_milliseconds, to_milliseconds

NOT_COUNTED = "logins: not counted (no auth_time or sid)"

# Why the step of this key may not appear, or None.
Reason = Callable[[Standing, str, Step, Progress], str | None]
# What the gate looked at, in words, for the trace: names and states, never a personal value.
Values = Callable[[Standing, Step, Progress], str]


class Gate(NamedTuple):
    """One question that every candidate has to pass."""

    name: str
    reason: Reason
    values: Values


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
    logins, opened = standing.logins, progress.was_opened
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
    return None if standing.shown(step) else "nothing_to_ask"


def _rested(standing: Standing, key: str, step: Step, progress: Progress) -> str | None:
    moment = standing.moment
    if moment.is_asked_for:
        return None
    if progress.stopped:
        return "stopped"
    if progress.rests_until is not None and progress.is_resting(moment.at):
        return f"snoozed_until {_written(progress.rests_until)}"
    if progress.dismissed == moment.sitting:
        return "dismissed"
    worn = step.prompts is not None and progress.prompts >= step.prompts
    return "prompted_enough" if worn and progress.prompted_in != moment.sitting else None


def _written(at: int) -> str:
    return from_milliseconds(at).isoformat(timespec="seconds").replace("+00:00", "Z")


def _schedule_values(standing: Standing, step: Step, progress: Progress) -> str:
    bounds = [("from", step.from_), ("until", step.until)]
    written = [f"{name} {_written(to_milliseconds(bound))}" for name, bound in bounds if bound]
    return ", ".join([f"release {standing.release.number}", *written])


def _site_values(standing: Standing, step: Step, progress: Progress) -> str:
    return f"{standing.site}; the step is for {', '.join(step.sites) or 'every site'}"


def _trigger_values(standing: Standing, step: Step, progress: Progress) -> str:
    moment = standing.moment
    told = " ".join(detail for detail in (moment.on, moment.name, moment.step) if detail)
    return f"{told}, {_login_values(standing)}"


def _login_values(standing: Standing) -> str:
    logins, moment = standing.logins, standing.moment
    if is_named(moment.sitting) or moment.is_told_login:
        return f"logins {logins}"
    return f"{NOT_COUNTED}, {logins} before" if logins else NOT_COUNTED


def _audience_values(standing: Standing, step: Step, progress: Progress) -> str:
    if step.audience is None:
        return "everybody"
    operands = (_operand(standing, part) for part in step.audience.parts())
    return ", ".join(dict.fromkeys(said for said in operands if said)) or "nothing to look at"


def _operand(standing: Standing, part: Condition) -> str:
    say = _OPERANDS.get(part.operand)
    return say(standing, str(getattr(part, part.operand))) if say else ""


def _first_seen(standing: Standing, written: str) -> str:
    seen = standing.first_seen
    return f"first seen {_written(to_milliseconds(seen)) if seen else 'never'}"


_OPERANDS: dict[str, Callable[[Standing, str], str]] = {
    "attribute": lambda standing, name: f"{name}: {standing.state(name)}",
    "claim": lambda standing, name: (
        f"claim {name}: {'missing' if standing.claim(name) is None else 'known'}"
    ),
    "site": lambda standing, written: f"site {standing.site}",
    "locale": lambda standing, written: f"locale {standing.locale}",
    "logins": lambda standing, written: _login_values(standing),
    "first_seen": _first_seen,
    "completed": lambda standing, step: (
        f"{step} {'completed' if standing.has_completed(step) else 'not completed'}"
    ),
    "skipped": lambda standing, step: (
        f"{step} {'skipped' if standing.has_skipped(step) else 'not skipped'}"
    ),
}


def _asking_values(standing: Standing, step: Step, progress: Progress) -> str:
    return ", ".join(_field_values(standing, step))


def _field_values(standing: Standing, step: Step) -> Iterator[str]:
    for field in step.fields:
        hidden = "" if standing.is_visible(field) else ", hidden"
        yield f"{field.attribute}: {standing.state(field.attribute)}{hidden}"


def _progress_values(standing: Standing, step: Step, progress: Progress) -> str:
    if progress.completed_at is None:
        return "never completed"
    return f"completed {_written(progress.completed_at)}"


def _resting_values(standing: Standing, step: Step, progress: Progress) -> str:
    asked_for = ", asked for by the person" if standing.moment.is_asked_for else ""
    return f"prompts {progress.prompts}, skips {progress.skips}{asked_for}"


# In this order; the first that does not let a step pass is the reason.
GATES = (
    Gate("published", _published, _schedule_values),
    Gate("site", _on_site, _site_values),
    Gate("trigger", _triggered, _trigger_values),
    Gate("audience", _in_audience, _audience_values),
    Gate("not finished", _unfinished, _progress_values),
    Gate("something to ask", _something_to_ask, _asking_values),
    Gate("not resting", _rested, _resting_values),
)
