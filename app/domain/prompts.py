"""The prompt: one showing of a step to one person, and what the person does with it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from app.domain.answers import Answer, Provenance, Source, State
from app.domain.changes import Change, Event, EventKind, Told, change_subject, digest_of
from app.domain.progress import (
    Progress,
    after_completion,
    after_dismissal,
    after_prompt,
    after_skip,
)
from app.domain.releases import Release
from app.domain.steps import Step
from app.domain.subjects import Basis, Subject, SubjectKey
from app.domain.telling import consents_of, lay_answers
from app.domain.times import to_milliseconds


class Prompt(msgspec.Struct, frozen=True):
    """One showing of a step: the attributes it asks, by key, in the words of one release.

    `issued_at` is when the form was made, and `basis` what it rests on, where there was a form.
    """

    id: str
    release: Release
    site: str
    step: str
    attributes: tuple[str, ...]
    locale: str
    sitting: str
    issued_at: datetime
    basis: Basis | None = None

    @property
    def definition(self) -> Step:
        return self.release.steps[self.step]

    def event(self, kind: EventKind, attribute: str | None = None) -> Event:
        return Event(kind, self.site, self.step, attribute, self.release.number)


def complete_step(
    connection: Connection,
    who: SubjectKey,
    prompt: Prompt,
    answers: Mapping[str, Any],
    at: datetime,
) -> Subject:
    """Save the answers of a prompt; None is an answer left blank on purpose.

    The same answers to the same prompt are saved once; other answers to it are a correction.
    """
    return change_subject(
        connection, who, lambda s: completed(s, prompt, answers, at), at, prompt.basis
    )


def skip_step(connection: Connection, who: SubjectKey, prompt: Prompt, at: datetime) -> Subject:
    """Rest the step for the next rung of its ladder, once per prompt.

    Nothing happens where it was completed, or began to rest, after this prompt was made, or may
    not be skipped at all.
    """
    return change_subject(connection, who, lambda s: skipped(s, prompt, at), at, prompt.basis)


def dismiss_step(connection: Connection, who: SubjectKey, prompt: Prompt, at: datetime) -> Subject:
    """Rest the step for this sitting."""
    return change_subject(connection, who, lambda s: dismissed(s, prompt, at), at, prompt.basis)


def note_prompt(connection: Connection, who: SubjectKey, prompt: Prompt, at: datetime) -> Subject:
    """The prompt came into view; noted once per sitting."""
    return change_subject(connection, who, lambda s: prompted(s, prompt, at), at, prompt.basis)


def completed(
    subject: Subject, prompt: Prompt, answers: Mapping[str, Any], at: datetime
) -> Change | None:
    """What the answers make of the person."""
    digest = digest_of("answers", answers)
    former = subject.recent_digest(prompt.id)
    if former == digest:
        return None
    after, told = lay_answers(
        subject, _said(prompt, answers), _provenance(prompt, at), prompt.release
    )
    kind = EventKind.SUBMITTED
    if former and _is_completed_since(subject, prompt):
        kind = EventKind.CORRECTED
    else:
        after = _with_progress(after, prompt, _completion(prompt, at), at)
    consents = (prompt.event(*consent) for consent in consents_of(subject, told, prompt.release))
    events = (prompt.event(kind), *consents)
    return _remembered(subject, after, prompt, digest, at, events, told)


def skipped(subject: Subject, prompt: Prompt, at: datetime) -> Change | None:
    """What a skip makes of the person."""
    policy, progress = prompt.definition.skip, subject.progress(prompt.step)
    if not policy.allowed or _is_used(subject, prompt) or _is_skipped_since(progress, prompt):
        return None
    after = _with_progress(subject, prompt, lambda p: after_skip(p, policy, at), at)
    events = [prompt.event(EventKind.SKIPPED)]
    if after.progress(prompt.step).stopped and not progress.stopped:
        events.append(prompt.event(EventKind.STOPPED))
    return _remembered(subject, after, prompt, digest_of("skip", {}), at, tuple(events))


def dismissed(subject: Subject, prompt: Prompt, at: datetime) -> Change | None:
    """What closing the widget makes of the person."""
    if _is_used(subject, prompt):
        return None
    digest = digest_of("dismissal", {})
    after = _with_progress(subject, prompt, lambda p: after_dismissal(p, prompt.sitting), at)
    events = (prompt.event(EventKind.DISMISSED),)
    return _remembered(subject, after, prompt, digest, at, events)


def prompted(subject: Subject, prompt: Prompt, at: datetime) -> Change | None:
    """What seeing the prompt makes of the person."""
    if subject.progress(prompt.step).prompted_in == prompt.sitting:
        return None
    after = _with_progress(subject, prompt, lambda p: p, at).seen(prompt.site, prompt.sitting, at)
    return Change(after, events=(prompt.event(EventKind.SHOWN),))


def _remembered(
    before: Subject,
    after: Subject,
    prompt: Prompt,
    digest: str,
    at: datetime,
    events: tuple[Event, ...],
    told: tuple[Told, ...] = (),
) -> Change:
    after = after.with_recent(prompt.id, digest, at).seen(prompt.site, prompt.sitting, at)
    # An answer or a skip implies that the prompt was seen.
    if before.progress(prompt.step).prompted_in != prompt.sitting:
        events = (prompt.event(EventKind.SHOWN), *events)
    return Change(after, told, events)


def _is_used(subject: Subject, prompt: Prompt) -> bool:
    """Whether something was done with it, or a later one was completed."""
    return subject.recent_digest(prompt.id) is not None or _is_completed_since(subject, prompt)


def _is_skipped_since(progress: Progress, prompt: Prompt) -> bool:
    skipped_at = progress.skipped_at
    return skipped_at is not None and skipped_at >= to_milliseconds(prompt.issued_at)


def _is_completed_since(subject: Subject, prompt: Prompt) -> bool:
    completed_at = subject.progress(prompt.step).completed_at
    return completed_at is not None and completed_at >= to_milliseconds(prompt.issued_at)


def _with_progress(
    subject: Subject, prompt: Prompt, moved: Callable[[Progress], Progress], at: datetime
) -> Subject:
    seen = after_prompt(subject.progress(prompt.step), prompt.sitting, at)
    return subject.with_progress(prompt.step, moved(seen))


def _completion(prompt: Prompt, at: datetime) -> Callable[[Progress], Progress]:
    shown = tuple(prompt.release.attribute_id(key) for key in prompt.attributes)
    again = prompt.definition.again
    return lambda progress: after_completion(progress, shown, again, prompt.sitting, at)


def _said(prompt: Prompt, answers: Mapping[str, Any]) -> dict[str, Answer]:
    return {key: said_answer(prompt.release, key, value) for key, value in answers.items()}


def said_answer(release: Release, key: str, value: Any) -> Answer:
    """What a person says: None is left blank on purpose, 0 and false are answers."""
    if value is None:
        return Answer(State.EMPTY)
    return Answer(State.ANSWERED, value, version=release.attributes[key].version)


def _provenance(prompt: Prompt, at: datetime) -> Provenance:
    return Provenance(
        Source.STEP,
        to_milliseconds(at),
        site=prompt.site,
        step=prompt.step,
        release=prompt.release.number,
        locale=prompt.locale,
    )
