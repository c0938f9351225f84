"""The sessions of a person: what was shown before a log-out has no force after it."""

from datetime import datetime

from sqlalchemy import Connection

from app.domain.changes import Change, Event, EventKind, change_subject
from app.domain.subjects import Subject, SubjectKey


def end_sessions(connection: Connection, who: SubjectKey, site: str, at: datetime) -> Subject:
    """Refuse from now on what was shown to the person until `at`, the real time, on any site.

    Of a person never seen nothing is stored: there is nothing to end.
    """
    return change_subject(connection, who, lambda s: ended(s, site, at), at)


def ended(subject: Subject, site: str, at: datetime) -> Change | None:
    """What a log-out makes of the person."""
    if subject.version == 0:
        return None
    return Change(subject.with_epoch(at), events=(Event(EventKind.LOGGED_OUT, site),))
