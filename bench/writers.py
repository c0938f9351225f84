"""The writers: 32 at once against two workers on SQLite, of many people and of one."""

import time
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from app.domain.changes import find_subject
from app.domain.subjects import SubjectKey
from app.domain.tables import history
from bench.askonce import Running
from bench.cases import Run, result
from bench.load import send
from bench.people import WORKSPACE, sub
from bench.requests import FIELDS, answers
from bench.results import Result

WRITERS = 32


async def write_many(running: Running, count: int, file: Path) -> Result:
    """Everybody answers once."""
    people = await running.people(count, anew=True)
    prepared = [running.request("answers", one, number) for number, one in enumerate(people)]
    saved = await running.saved("answers")
    run = _sent(running, prepared, file)
    run.lost = await running.lost("answers", saved + len(people))
    return result(running, f"{WRITERS} writers", [run])


async def write_one(running: Running, count: int, file: Path) -> Result:
    """All answer for the same person, each one question: none of the answers may be lost."""
    (person,) = await running.people(1, anew=True)
    at, browser = int(time.time()), running.browser
    values = [_one_value(number) for number in range(count)]
    run = _sent(running, [browser.answer(sub(person), at, value) for value in values], file)
    run.lost = await _lost(running, sub(person), values)
    return result(running, f"{WRITERS} writers, one person", [run])


def _one_value(number: int) -> dict[str, str]:
    # Without the country: there are too few of them for each answer to be another.
    field = FIELDS[number % 3]
    written = f"Role {number}" if field == "title" else answers(number)[field]
    return {field: written}


def _sent(running: Running, prepared: list[bytes], file: Path) -> Run:
    cpu = running.process.cpu
    load = send(prepared, running.process.port, file, connections=WRITERS)
    return Run(cpu=running.process.cpu - cpu, loads=[load])


async def _lost(running: Running, person: str, values: list[dict[str, str]]) -> int:
    """How many of the answers history lacks, or the row was not written for."""
    said = {(field, text) for value in values for field, text in value.items()}
    key = SubjectKey(WORKSPACE, person)
    kept = await running.rows.read(_history, key)
    names = {int(running.browser.release.attribute_id(field)): field for field in FIELDS}
    told = [(names[attribute], value) for attribute, value in kept if attribute in names]
    subject = await find_subject(running.rows, key)
    last = {
        (field, answer.value)
        for field in FIELDS[:3]
        if (answer := subject.answer(running.browser.release.attribute_id(field)))
    }
    missing = len(said - set(told)) + abs(len(told) - len(values))
    unmerged = len(last - said) + (3 - len(last))
    return missing + unmerged + abs(subject.version - 1 - len(values))


def _history(connection: Connection, who: SubjectKey) -> list[tuple[int, object]]:
    rows = connection.execute(
        select(history.c.attribute, history.c.value).where(
            history.c.workspace == who.workspace, history.c.subject == who.subject
        )
    )
    return [(attribute, msgspec.json.decode(value)["value"]) for attribute, value in rows]
