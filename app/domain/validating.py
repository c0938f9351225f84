"""Validating: a value as written becomes a document, or mistakes that say what to write instead."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import groupby
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain import parts
from app.domain.shape import Path, properties_at, types_at
from app.domain.workspace import Workspace

MOST_NAMED = 12  # a sentence that lists more than this helps nobody


class Problem(NamedTuple):
    """What is wrong at a path; a warning does not stop a publication."""

    path: Path
    message: str
    is_warning: bool = False


class _Wrong(NamedTuple):
    """An error at its place in the document; `fork` is where alternatives parted, if they did."""

    path: Path
    fork: Path | None
    kind: str
    error: ErrorDetails


_PATTERNS = {
    parts.KEY: "write a key in small letters, digits and underscores, beginning with a letter",
    parts.ATTRIBUTE_KEY: "write a key in small letters, digits and underscores, beginning with a"
    " letter; it may have one dot",
    parts.LOCALE: "write a language tag, like en, de-AT or zh-Hant",
    parts.COUNTRY: "write a country as two capital letters (ISO 3166-1), like DE",
}
_TYPES = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "dict_type": "a map of keys to values",
    "model_type": "a map of keys to values",
    "model_attributes_type": "a map of keys to values",
    "tuple_type": "a list",
    "list_type": "a list",
}
_JSON = {
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a map of keys to values",
    "array": "a list",
}
_LIMITS = {
    "string_too_long": "write at most {max_length} characters",
    "string_too_short": "write at least {min_length} character(s)",
    "too_long": "write at most {max_length} of them",
    "too_short": "write at least {min_length} of them",
    "greater_than_equal": "write {ge} or more",
    "greater_than": "write more than {gt}",
    "less_than_equal": "write {le} or less",
    "less_than": "write less than {lt}",
    "finite_number": "write a finite number",
}


def validate(value: Any) -> tuple[Workspace | None, list[Problem]]:
    """The document of a value as `lib.yaml` reads it (sequences are tuples), or all problems."""
    if not isinstance(value, dict):
        return None, [Problem((), "write a map of keys: askonce, workspace, attributes, …")]
    document, lax = _model(value, strict=False)
    # Strictly, a quoted "true" is no boolean; but pydantic reads no decimal strictly.
    strict = [e for e in _model(value, strict=True)[1] if e["type"] != "is_instance_of"]
    said = {error["loc"] for error in strict}
    problems = _in_plain_words(value, [*strict, *(e for e in lax if e["loc"] not in said)])
    return (None if problems else document), problems


def _model(value: Any, *, strict: bool) -> tuple[Workspace | None, list[ErrorDetails]]:
    try:
        return Workspace.model_validate(value, strict=strict, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _in_plain_words(value: Any, errors: Iterable[ErrorDetails]) -> list[Problem]:
    wrong = sorted((_placed(value, one) for one in errors if not _only_echoes(one)), key=_order)
    problems: list[Problem] = []
    for fork, group in groupby(wrong, key=lambda one: one.fork):
        several = list(group)
        problems += (
            _alternatives(value, fork, several)
            if fork is not None
            else [Problem(one.path, _message(value, one)) for one in several]
        )
    return list(dict.fromkeys(problems))


def _only_echoes(error: ErrorDetails) -> bool:
    """Whether a list is too short only because pydantic does not count its wrong members."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _order(wrong: _Wrong) -> tuple[bool, list[str]]:
    return wrong.fork is None, [str(step) for step in wrong.fork or ()]


def _placed(value: Any, error: ErrorDetails) -> _Wrong:
    """Where the error stands: pydantic's location also names alternatives, which nobody wrote."""
    path: list[str | int] = []
    fork: Path | None = None
    *steps, last = error["loc"] or ("",)
    for step in steps:
        if _has(value, step):
            path.append(step)
            value = value[step]
        elif fork is None:
            fork = tuple(path)
    if _has(value, last) or (error["type"] == "missing" and isinstance(value, dict)):
        path.append(last)
    elif fork is None and last not in ("", "[key]"):
        fork = tuple(path)
    return _Wrong(tuple(path), fork, error["type"], error)


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, tuple) and step < len(value)
    return isinstance(value, dict) and step in value


def _alternatives(value: Any, fork: Path, several: list[_Wrong]) -> Iterator[Problem]:
    """One problem where several shapes were possible and none fitted."""
    deeper = [one for one in several if len(one.path) > len(fork)]
    telling = [one for one in several if one.kind not in _TYPES]
    if deeper or telling:
        for one in deeper or telling[:1]:
            yield Problem(one.path, _message(value, one))
        return
    wanted = dict.fromkeys(_TYPES[one.kind] for one in several)
    yield Problem(fork, _instead(list(wanted), several[0].error["input"]))


def _instead(wanted: list[str], written: Any) -> str:
    if wanted == ["a text", "a map of keys to values"]:
        wanted = ["a text", "a map of languages to texts"]
    *others, last = wanted
    message = f"write {', '.join(others)}, or {last}" if others else f"write {last}"
    if "a text" in wanted and isinstance(written, int | float):
        message += " (a text that looks like a number, or like true, needs quotes)"
    return message


def _message(value: Any, wrong: _Wrong) -> str:
    kind, error = wrong.kind, wrong.error
    context = error.get("ctx", {})
    if kind in ("model_type", "model_attributes_type", "tuple_type"):
        wanted = [_JSON[name] for name in types_at(wrong.path) if name in _JSON]
        return _instead(wanted or [_TYPES[kind]], error["input"])
    if kind in _TYPES:
        return _instead([_TYPES[kind]], error["input"])
    if kind in _LIMITS:
        return _LIMITS[kind].format(**context)
    match kind:
        case "missing":
            return _missing(value, wrong.path)
        case "extra_forbidden":
            return unknown_key(value, wrong.path)
        case "value_error":
            return str(context["error"])
        case "string_pattern_mismatch":
            return _PATTERNS.get(context["pattern"], f"write it like {context['pattern']}")
        case "literal_error" | "enum":
            return _one_of(context["expected"], error["input"])
        case "union_tag_invalid":
            return f"`on`: {_one_of(context['expected_tags'], context['tag'])}"
        case "union_tag_not_found":
            return "`on` is missing: say at which moments"
    return error["msg"]


def _missing(value: Any, path: Path) -> str:
    key, above = str(path[-1]), path[:-1]
    meaning = properties_at(above, value_at(value, above)).get(key, {}).get("description", "")
    return f"`{key}` is missing. {meaning}".rstrip()


def unknown_key(value: Any, path: Path) -> str:
    """What to say of a key that is not known where it stands."""
    key, above = str(path[-1]), path[:-1]
    known = list(properties_at(above, value_at(value, above)))
    return f"`{key}` is not a key here: {suggestion(key, known)}"


def suggestion(written: str, known: Iterable[str]) -> str:
    """Which of the known names was meant, or what is known."""
    names = list(known)
    near = get_close_matches(written, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not names:
        return "there are none"
    if len(names) > MOST_NAMED:
        return f"there are {', '.join(names[:MOST_NAMED])}, …"
    return f"there is {', '.join(names)}" if len(names) == 1 else f"there are {', '.join(names)}"


def value_at(value: Any, path: Path) -> Any:
    """The part of a value at a path; None when there is none."""
    for step in path:
        if not _has(value, step):
            return None
        value = value[step]
    return value


def _one_of(expected: str, written: Any) -> str:
    names = [name.strip("'") for name in expected.replace(" or ", ", ").split(", ")]
    near = get_close_matches(str(written), names, n=1, cutoff=0.6)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    return f"write {'one of ' if len(names) > 1 else ''}{', '.join(names)}{hint}"
