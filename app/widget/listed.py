"""The list of the profile editor: each answer that a site may show, and where it came from."""

from dataclasses import dataclass

from app.domain.answers import Answer, Provenance, Source, State
from app.domain.editing import editable_attributes
from app.domain.subjects import Subject
from app.domain.times import from_milliseconds
from app.lib.i18n import Wording, gettext
from app.widget.visits import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as the editor lists it."""

    key: str
    label: Wording
    value: str
    provenance: str
    is_editable: bool


def list_rows(visit: Visit, subject: Subject) -> list[Row]:
    """The answers of a person that this site may show, in the order of the document."""
    return [
        list_row(visit, subject, key)
        for key in editable_attributes(visit.release, subject, visit.site_key)
    ]


def list_row(visit: Visit, subject: Subject, key: str) -> Row:
    release = visit.release
    question = release.question(None, key, visit.site_key, visit.locale)
    answer = subject.answer(release.attribute_id(key)) or Answer(State.UNSET)
    value = ""
    if answer.state is State.ANSWERED:
        value = question.kind.show(answer.value, question, visit.locale)
    told = subject.provenance(answer)
    said = say_provenance(visit, told) if told else ""
    writable = release.attributes[key].rights.subject == "write"
    return Row(key, question.label, value, said, writable)


def say_provenance(visit: Visit, told: Provenance) -> str:
    """Where an answer came from and when, in one sentence."""
    site = visit.release.site(told.site or "")
    values = {
        "site": site.name if site else (told.site or ""),
        "date": from_milliseconds(told.at).date(),
    }
    if told.source in (Source.STEP, Source.EDITOR):
        return gettext("You told {site} on {date}.", **values)
    if told.source is Source.CLAIM:
        return gettext("{site} told us on {date}.", **values)
    return gettext("We learned this on {date}.", **values)
