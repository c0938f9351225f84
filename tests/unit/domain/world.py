"""The named world of the tests about people: Vera, who visits the Shop and the Club."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select

from app.domain.answers import Answer, Provenance, Source, State, Suggestion
from app.domain.deciding import decide, explain
from app.domain.moments import Moment
from app.domain.newcomers import Newcomer, Wishes
from app.domain.progress import Progress
from app.domain.prompts import Prompt
from app.domain.release import Release
from app.domain.subjects import Subject, SubjectKey
from app.domain.tables import counts, events, history
from app.domain.times import to_milliseconds
from app.domain.workspace import Workspace

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SITTING = "sid:morning"
VERA = SubjectKey("acme", "vera")

ATTRIBUTES: dict[str, Any] = {
    "company": {"kind": "text"},
    "job_title": {"kind": "text", "valid_for": "365d"},
    "seats": {"kind": "integer"},
    "agrees": {"kind": "boolean"},
    "interests": {"kind": "choices", "options": ["paper", "light"]},
    "birthdate": {},
    "email": {"authority": "claim"},
    "plan": {"kind": "text", "bucket": "app_metadata", "fill": "login"},
    "joined": {"kind": "text", "fill": "first_sight"},
    "letter": {"kind": "consent", "purpose": "marketing", "version": 2, "text": "Send it."},
    "former": {"kind": "text", "retired": "keep"},
}
SITES: dict[str, Any] = {
    "shop": {"name": "Shop", "origins": ["https://shop.example"], "locales": ["en", "de"]},
    "club": {"name": "Club", "origins": ["https://club.example"]},
}


def document(*, attributes: Mapping[str, Any] | None = None, **steps: Any) -> Workspace:
    """A workspace with the attributes and sites above and these steps."""
    written = {key: {"title": key, "fields": ["company"], **step} for key, step in steps.items()}
    return Workspace.model_validate(
        {
            "askonce": 1,
            "workspace": "acme",
            "subjects": "shared",
            "attributes": {**ATTRIBUTES, **(attributes or {})},
            "sites": SITES,
            "steps": written,
        },
        strict=False,
    )


def release(
    *, attributes: Mapping[str, Any] | None = None, number: int = 1, **steps: Any
) -> Release:
    return Release.of(document(attributes=attributes, **steps), number)


LOGIN = {"trigger": {"on": "login"}}


def moment(**changes: Any) -> Moment:
    return replace(Moment(AT, "shop", "en", SITTING), **changes)


def vera(
    on: Release,
    answers: Mapping[str, Answer | Any] | None = None,
    *,
    said: datetime = AT - DAY,
    source: Source = Source.STEP,
    progress: Mapping[str, Progress] | None = None,
    logins: int = 0,
) -> Subject:
    """Vera as stored, with answers (plain values are answered ones) by attribute key."""
    subject = Subject(VERA, 1).seen("shop", SITTING, AT - 30 * DAY)
    made = {key: _answer(on, key, value) for key, value in (answers or {}).items()}
    if made:
        by_id = {on.attribute_id(key): answer for key, answer in made.items()}
        subject = subject.with_answers(by_id, Provenance(source, to_milliseconds(said), "shop"))
    for step, where in (progress or {}).items():
        subject = subject.with_progress(step, where)
    for number in range(logins):
        login = to_milliseconds(AT) - 1000 * (logins - number)
        subject = subject.with_login(f"sid:{number}", login, ("", "shop"))
    return subject


def _answer(on: Release, key: str, value: Any) -> Answer:
    if isinstance(value, Answer):
        return value
    return Answer(State.ANSWERED, value, version=on.attributes[key].version)


DECLINED = Answer(State.DECLINED)
EMPTY = Answer(State.EMPTY)
SUGGESTED = Answer(
    State.UNSET, suggestion=Suggestion("Acme", Source.ENRICHMENT, to_milliseconds(AT))
)


def chosen(of: Release, subject: Subject | None = None, /, **changes: Any) -> str | None:
    """The key of the step that Vera is asked."""
    return decide(of, subject or vera(of), moment(**changes)).step


def asked(of: Release, subject: Subject | None = None, /, **changes: Any) -> tuple[str, ...]:
    """The attributes that Vera is asked."""
    return decide(of, subject or vera(of), moment(**changes)).attributes


def reasons(
    of: Release, subject: Subject | None = None, /, **changes: Any
) -> dict[str, str | None]:
    """Why each step was not chosen, None for the winner."""
    trace = explain(of, subject or vera(of), moment(**changes)).trace
    return {line.step: line.reason for line in trace}


def prompt(on: Release, *attributes: str, **changes: Any) -> Prompt:
    """A showing of the step `work` to Vera in the Shop."""
    shown = attributes or ("company",)
    made = Prompt("p1", on, "shop", "work", shown, "en", SITTING, AT)
    return replace(made, **changes)


def newcomer(**changes: Any) -> Newcomer:
    """Vera, whom the Shop's page brings after a login."""
    wishes = Wishes(**changes.pop("wishes", {}))
    brought = Newcomer("vera", AT, AT, wishes, sid="morning", auth_time=AT - MINUTE)
    return replace(brought, **changes)


def kept(subject: Subject) -> tuple[int, bytes]:
    """The row as it is stored."""
    return subject.version, subject.to_bytes()


# What the tables hold afterwards


def history_rows(connection: Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute(select(history).order_by(history.c.at, history.c.id))
    return [(row.attribute, row.state, row.value, row.provenance) for row in rows]


def event_rows(connection: Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute(select(events).order_by(events.c.at, events.c.id))
    return [(row.kind, row.step, row.attribute, row.site) for row in rows]


def count_rows(connection: Connection) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in connection.execute(select(counts)):
        key = (row.step, row.kind)
        found[key] = found.get(key, 0) + row.n
    return found
