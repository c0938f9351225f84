"""Telling: how answers from one source are laid over what a person's row holds."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from app.domain.answers import Answer, Provenance, State, Suggestion, outranks
from app.domain.attributes import Attribute
from app.domain.changes import EventKind, Told
from app.domain.releases import Release
from app.domain.subjects import Subject


def lay_answers(
    subject: Subject, said: Mapping[str, Answer], provenance: Provenance, release: Release
) -> tuple[Subject, tuple[Told, ...]]:
    """The person with these answers (by attribute key), and which of them changed something.

    A weaker source never overwrites a stronger one: its value becomes a suggestion beside it.
    """
    taken: dict[str, Answer] = {}
    told: list[Told] = []
    for key, answer in said.items():
        attribute_id = release.attribute_id(key)
        former = subject.answer(attribute_id)
        if former and not _may_overwrite(subject, former, provenance, release.attributes[key]):
            subject = _suggested(subject, attribute_id, former, answer, provenance)
            continue
        taken[attribute_id] = answer
        if not _says_the_same(former, answer):
            told.append(Told(attribute_id, answer, provenance))
    return (subject.with_answers(taken, provenance) if taken else subject), tuple(told)


def consents_of(
    before: Subject, told: Iterable[Told], release: Release
) -> Iterator[tuple[EventKind, str]]:
    """Which consents were given and which withdrawn, by attribute id; never given is neither."""
    for one in told:
        former = before.answer(one.attribute)
        if release.attributes[release.key_of(one.attribute)].kind != "consent":
            continue
        if one.answer.value is True:
            yield EventKind.CONSENT_GIVEN, one.attribute
        elif former and former.value is True:
            yield EventKind.CONSENT_WITHDRAWN, one.attribute


def _may_overwrite(
    subject: Subject, former: Answer, provenance: Provenance, attribute: Attribute
) -> bool:
    known = subject.provenance(former)
    return known is None or outranks(provenance.source, known.source, attribute)


def _suggested(
    subject: Subject, attribute_id: str, former: Answer, answer: Answer, provenance: Provenance
) -> Subject:
    if answer.state is not State.ANSWERED or answer.value == former.value:
        return subject
    offer = Suggestion(answer.value, provenance.source, provenance.at)
    return subject.with_suggestion(attribute_id, msgspec.structs.replace(former, suggestion=offer))


def _says_the_same(former: Answer | None, answer: Answer) -> bool:
    return former is not None and (former.state, former.value, former.version) == (
        answer.state,
        answer.value,
        answer.version,
    )
