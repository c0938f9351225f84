"""A document as written: read, validated and checked at once, with every mistake and its line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.domain.checking import Known, check
from app.domain.shape import Path, properties_at
from app.domain.validating import Problem, validate
from app.domain.workspace import Workspace
from app.lib import yaml

MAPS = ("attributes", "sites", "steps")  # what is written wrongly in one leaves the others readable


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """What to mend and where: `askonce.yaml:12: steps.work.fields[0].attribute: …`."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.file}:{self.line}", self.path, self.message)))


@dataclass(frozen=True, slots=True)
class Document:
    """What a source says. `workspace` is None unless there is no mistake; warnings stop nothing."""

    source: str
    workspace: Workspace | None
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()


def read_document(source: bytes, file: str = "askonce.yaml") -> Document:
    """Read YAML 1.2, or JSON, which is YAML too. Never raises for what is written."""
    reading = yaml.read(source)
    flaws = [Mistake(file, flaw.line, "", flaw.message) for flaw in reading.flaws]
    text = source.decode(errors="replace")
    if flaws and reading.value is None:
        return Document(text, None, tuple(flaws))
    workspace, problems = validate(reading.value)
    problems += check(workspace) if workspace else _check_the_rest(reading.value, problems)
    found = [(_placed(file, reading.place, problem), problem.is_warning) for problem in problems]
    mistakes = sorted({*flaws, *(mistake for mistake, is_warning in found if not is_warning)})
    warnings = sorted({mistake for mistake, is_warning in found if is_warning})
    return Document(text, None if mistakes else workspace, tuple(mistakes), tuple(warnings))


def _placed(file: str, place: yaml.Place, problem: Problem) -> Mistake:
    path = as_written(place, problem.path)
    return Mistake(file, place.at(path).line, spelled(path), problem.message)


def as_written(place: yaml.Place, path: Path) -> Path:
    """The path without the indexes of lists that were written in short, as their only member."""
    kept: list[str | int] = []
    for step in path:
        inside = place.at(tuple(kept)).inside
        if not (isinstance(step, int) and inside and step not in inside):
            kept.append(step)
    return tuple(kept)


def spelled(path: Path) -> str:
    """A path as people write it: `steps.work.fields[0].attribute`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _check_the_rest(value: Any, problems: Iterable[Problem]) -> list[Problem]:
    """Check what is sound of a document with mistakes, so that all of them are told at once."""
    if not isinstance(value, dict) or not set(value) <= set(properties_at((), value)):
        return []  # when `attributes` is misspelled, all of them would be unknown
    broken = {problem.path[:2] for problem in problems}
    sound = {"askonce": 1, "workspace": "unnamed"}
    for key, written in value.items():
        if key in MAPS and isinstance(written, dict):
            sound[key] = {k: v for k, v in written.items() if (key, k) not in broken}
        elif key not in (path[0] for path in broken if path):
            sound[key] = written
    workspace, _ = validate(sound)
    known = Known(*(frozenset(_keys(value.get(key))) for key in MAPS))
    return [one for one in check(workspace, known) if not one.is_warning] if workspace else []


def _keys(written: Any) -> Iterable[str]:
    return written if isinstance(written, dict) else ()
