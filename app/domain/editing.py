"""Editing: a person changes or clears one answer later, in the profile editor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.answers import Answer, Provenance, Source, State
from app.domain.changes import Change, Event, EventKind, Told, change_subject, digest_of
from app.domain.prompts import said_answer
from app.domain.releases import Release
from app.domain.subjects import Basis, Subject, SubjectKey
from app.domain.telling import consents_of, lay_answers
from app.domain.times import to_milliseconds


@dataclass(frozen=True, slots=True)
class Edit:
    """One opening of one attribute (by key) in the editor of a site, and what it rests on."""

    id: str
    release: Release
    site: str
    attribute: str
    locale: str
    sitting: str
    basis: Basis | None = None

    def provenance(self, at: datetime) -> Provenance:
        return Provenance(
            Source.EDITOR,
            to_milliseconds(at),
            site=self.site,
            release=self.release.number,
            locale=self.locale,
        )

    def event(self, kind: EventKind) -> Event:
        attribute_id = self.release.attribute_id(self.attribute)
        return Event(kind, self.site, attribute=attribute_id, release=self.release.number)


def editable_attributes(release: Release, subject: Subject, site: str) -> tuple[str, ...]:
    """The keys of what the person may see in the editor of a site: all that has an answer and
    that the site asks, requires or reads, in the order of the document."""
    shared = release.attributes_of(site)
    return tuple(
        key
        for key, attribute in release.attributes.items()
        if key in shared
        and not attribute.retired
        and attribute.rights.subject != "hidden"
        and subject.answer(release.attribute_id(key)) is not None
    )


def edit_answer(
    connection: Connection, who: SubjectKey, edit: Edit, value: Any, at: datetime
) -> Subject:
    """Save another value; None is left blank on purpose. The same edit is saved once."""
    return change_subject(connection, who, lambda s: edited(s, edit, value, at), at, edit.basis)


def clear_answer(connection: Connection, who: SubjectKey, edit: Edit, at: datetime) -> Subject:
    """Forget the answer; history keeps that it was cleared."""
    return change_subject(connection, who, lambda s: cleared(s, edit, at), at, edit.basis)


def edited(subject: Subject, edit: Edit, value: Any, at: datetime) -> Change | None:
    """What the edit makes of the person."""
    digest = digest_of("edit", {edit.attribute: value})
    if subject.recent_digest(edit.id) == digest:
        return None
    said = {edit.attribute: said_answer(edit.release, edit.attribute, value)}
    after, told = lay_answers(subject, said, edit.provenance(at), edit.release)
    after = after.with_recent(edit.id, digest, at).seen(edit.site, edit.sitting, at)
    return Change(after, told, _events(EventKind.EDITED, subject, edit, told))


def cleared(subject: Subject, edit: Edit, at: datetime) -> Change | None:
    """What clearing makes of the person."""
    attribute_id = edit.release.attribute_id(edit.attribute)
    if subject.answer(attribute_id) is None:
        return None
    after = subject.without_answer(attribute_id).seen(edit.site, edit.sitting, at)
    told = (Told(attribute_id, Answer(State.UNSET), edit.provenance(at)),)
    return Change(after, told, _events(EventKind.CLEARED, subject, edit, told))


def _events(
    kind: EventKind, before: Subject, edit: Edit, told: tuple[Told, ...]
) -> tuple[Event, ...]:
    consents = (edit.event(consent) for consent, _ in consents_of(before, told, edit.release))
    return (edit.event(kind), *consents)
