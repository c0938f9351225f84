"""The audience: what is known of a person, compared; what cannot be compared does not hold."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.domain.audience import Condition
from app.domain.deciding import Standing
from app.domain.progress import Progress
from app.domain.subjects import Subject
from app.domain.times import to_milliseconds
from tests.unit.domain.world import (
    AT,
    DAY,
    DECLINED,
    EMPTY,
    SUGGESTED,
    VERA,
    moment,
    release,
    vera,
)

BLANK = release()


def holds(condition: Mapping[str, Any], subject: Subject | None = None, **changes: Any) -> bool:
    standing = Standing(BLANK, subject or vera(BLANK), moment(**changes))
    return Condition.model_validate(condition, strict=False).holds(standing)


COMPARED = [
    # (operator, value that fits, values that do not, among them those of another type)
    ({"equals": "acme"}, "acme", ["Acme", "acme ", "", 1, True, ["acme"], {"acme": 1}]),
    ({"equals": "1"}, "1", ["1.0", "01", True]),
    ({"equals": 1}, 1, [0, 2, True, "one", ["1"]]),
    ({"equals": 12.5}, "12.50", ["12.51", "nan", None, False]),
    ({"equals": 9007199254740993}, 9007199254740993, [9007199254740992]),
    ({"equals": 0}, 0, [False, "", None, 1]),
    ({"equals": False}, False, [0, None, True, "false"]),
    ({"equals": True}, True, [1, "true", "True"]),
    ({"one_of": ["a", 2]}, "a", ["b", "A", True]),
    ({"one_of": ["a", 2]}, 2, [3, "two"]),
    ({"contains": "cm"}, "acme", ["ac", 7, True]),
    ({"contains": "paper"}, ["light", "paper"], [["light"], [], "pape"]),
    ({"contains": 2}, [1, 2], [[1], "12", [True]]),
    ({"starts_with": "ac"}, "acme", ["Acme", "", 1, ["acme"]]),
    ({"matches": "a*e"}, "acme", ["acmes", "ACME", 1]),
    ({"matches": "a?me"}, "a?me", ["acme"]),
    ({"matches": "[ab]"}, "[ab]", ["a"]),
    ({"at_least": 3}, 3, [2, "2.99", "three", True, "nan", [3]]),
    ({"at_least": 3}, "3.0", ["-inf", "-3"]),
    ({"at_least": 3}, 10**400, ["inf", "infinity"]),
    ({"at_most": 3}, 3, [4, "3.01", "", "-inf", False]),
    ({"before": "2000-01-01"}, "1999-12-31", ["2000-01-01", "0000-12-31", "old", 1999, ""]),
    ({"after": "2000-01-01"}, "2000-01-01", ["1999-12-31", "0000-12-31", "young", 2001]),
    ({"after": "2026-01-01T09:00:00+01:00"}, "2026-01-01T08:00:00Z", ["2026-01-01T07:59:59Z"]),
    ({"after": "2026-01-01"}, "2026-01-01T00:00:00Z", ["2025-12-31T23:59:59Z"]),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "good", "bad"), COMPARED)
def test_an_answer_is_compared(operator: dict[str, Any], good: Any, bad: list[Any]) -> None:
    condition = {"attribute": "company", **operator}
    assert holds(condition, vera(BLANK, {"company": good}))
    assert [value for value in bad if holds(condition, vera(BLANK, {"company": value}))] == []


@pytest.mark.parametrize(("operator", "good", "bad"), COMPARED)
def test_a_claim_is_compared(operator: dict[str, Any], good: Any, bad: list[Any]) -> None:
    condition = {"claim": "tier", **operator}
    assert holds(condition, claims={"tier": good})
    assert [value for value in bad if holds(condition, claims={"tier": value})] == []


@pytest.mark.parametrize("operator", [one for one, _, _ in COMPARED])
def test_what_is_unknown_compares_as_false(operator: dict[str, Any]) -> None:
    assert not holds({"attribute": "company", **operator})
    assert not holds({"claim": "tier", **operator})


# 0, false and the empty text are answers; what is stale is still known.
STATES = {
    "unset": (None, {"missing"}),
    "suggested": (SUGGESTED, {"missing"}),
    "empty": (EMPTY, {"missing"}),
    "declined": (DECLINED, {"missing", "declined"}),
    "answered": ("Acme", {"known"}),
    "zero": (0, {"known"}),
    "false": (False, {"known"}),
    "blank text": ("", {"known"}),
    "stale": ("Acme", {"known", "stale"}),
}


@pytest.mark.parametrize(("answer", "true"), STATES.values(), ids=STATES)
def test_a_state_is_asked(answer: Any, true: set[str], request: pytest.FixtureRequest) -> None:
    said = AT - 366 * DAY if request.node.callspec.id == "stale" else AT - DAY
    known = {} if answer is None else {"job_title": answer}
    person = vera(BLANK, known, said=said)
    for state in ("known", "missing", "stale", "declined"):
        assert holds({state: "job_title"}, person) is (state in true), state
        assert holds({"attribute": "job_title", state: False}, person) is (state not in true)


def test_a_claim_is_known_or_missing_and_nothing_else() -> None:
    claims = {"tier": 0}
    assert holds({"claim": "tier", "known": True}, claims=claims)
    assert holds({"claim": "other", "missing": True}, claims=claims)
    assert not holds({"claim": "tier", "stale": True}, claims=claims)
    assert not holds({"claim": "tier", "declined": True}, claims=claims)


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ({"all": []}, True),
        ({"any": []}, False),
        ({"all": [{"site": "shop"}, {"site": "club"}]}, False),
        ({"any": [{"site": "club"}, {"site": "shop"}]}, True),
        ({"not": {"site": "club"}}, True),
        ({"not": {"attribute": "company", "equals": "x"}}, True),
        ({"site": "shop"}, True),
        ({"site": ["club", "shop"]}, True),
        ({"site": "club"}, False),
        ({"locale": "de"}, True),
        ({"locale": "de-AT"}, True),
        ({"locale": ["en", "DE"]}, True),
        ({"locale": "de-CH"}, False),
        ({"logins": {"at_least": 3}}, True),
        ({"logins": {"at_least": 4}}, False),
        ({"logins": {"at_most": 3}}, True),
        ({"logins": {"at_least": 1, "at_most": 2}}, False),
        ({"first_seen": {"after": "2026-10-03T09:00:00Z"}}, True),
        ({"first_seen": {"before": "2026-10-03T09:00:00Z"}}, False),
        ({"first_seen": {"before": "2026-10-03T09:00:01Z"}}, True),
        ({"completed": "done"}, True),
        ({"completed": "put_off"}, False),
        ({"skipped": "put_off"}, True),
        ({"skipped": "done"}, False),
        ({"completed": "never_heard_of"}, False),
    ],
)
def test_a_condition_looks_at_the_person_and_the_moment(
    condition: dict[str, Any], true: bool
) -> None:
    then = to_milliseconds(AT - DAY)
    progress = {"done": Progress(completed_at=then), "put_off": Progress(skipped_at=then)}
    person = vera(BLANK, progress=progress, logins=3)
    assert holds(condition, person, locale="de-AT") is true


def test_a_person_never_seen_was_first_seen_neither_before_nor_after() -> None:
    stranger = Subject(VERA)
    assert not holds({"first_seen": {"before": "2100-01-01T00:00:00Z"}}, stranger)
    assert not holds({"first_seen": {"after": "1970-01-01T00:00:00Z"}}, stranger)


def test_a_suggestion_is_compared_with_nothing() -> None:
    person = vera(BLANK, {"company": SUGGESTED})
    assert not holds({"attribute": "company", "equals": "Acme"}, person)
