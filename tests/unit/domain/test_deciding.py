"""Deciding: which step appears, with which fields, and why the others do not."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.answers import Answer, State, Suggestion
from app.domain.deciding import Standing, explain
from app.domain.progress import Progress
from app.domain.release import Paused
from app.domain.times import to_milliseconds
from tests.unit.domain.world import (
    AT,
    DAY,
    DECLINED,
    EMPTY,
    LOGIN,
    MINUTE,
    SITTING,
    SUGGESTED,
    asked,
    chosen,
    moment,
    reasons,
    release,
    vera,
)

THEN = to_milliseconds(AT - DAY)
NOT_APPLICABLE = Answer(State.NOT_APPLICABLE)


def since(span: timedelta) -> int:
    return to_milliseconds(AT + span)


# States, and what may be asked


@pytest.mark.parametrize(
    ("answer", "state", "asked_optional", "asked_required"),
    [
        (None, State.UNSET, True, True),
        (SUGGESTED, State.SUGGESTED, True, True),
        (EMPTY, State.EMPTY, False, True),
        (DECLINED, State.DECLINED, False, False),
        (NOT_APPLICABLE, State.NOT_APPLICABLE, False, False),
        ("Acme", State.ANSWERED, False, False),
        ("", State.ANSWERED, False, False),
    ],
)
def test_what_is_missing_is_asked(
    answer: Any, state: State, asked_optional: bool, asked_required: bool
) -> None:
    for required, is_asked in ((False, asked_optional), (True, asked_required)):
        of = release(work={**LOGIN, "fields": [{"attribute": "company", "required": required}]})
        person = vera(of, {} if answer is None else {"company": answer})
        assert Standing(of, person, moment()).state("company") is state
        assert (chosen(of, person) == "work") is is_asked


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(days=365) - MINUTE, State.ANSWERED),
        (timedelta(days=365), State.STALE),
        (timedelta(days=4000), State.STALE),
    ],
)
def test_an_answer_grows_stale_after_its_time(age: timedelta, state: State) -> None:
    of = release()
    person = vera(of, {"job_title": "designer", "company": "Acme"}, said=AT - age)
    standing = Standing(of, person, moment())
    assert standing.state("job_title") is state
    assert standing.answer("job_title") == "designer"
    assert standing.state("company") is State.ANSWERED


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    ("version", "state"),
    [(None, State.STALE), (1, State.STALE), (2, State.ANSWERED), (3, State.ANSWERED)],
)
def test_a_consent_to_an_older_text_is_stale(
    version: int | None, value: bool, state: State
) -> None:
    of = release()
    person = vera(of, {"letter": Answer(State.ANSWERED, value, version=version)})
    assert Standing(of, person, moment()).state("letter") is state


@pytest.mark.parametrize("state", [EMPTY, DECLINED])
def test_only_an_answer_grows_stale(state: Answer) -> None:
    of = release()
    person = vera(of, {"job_title": state}, said=AT - 4000 * DAY)
    assert Standing(of, person, moment()).state("job_title") is state.state


def test_a_suggestion_beside_an_answer_leaves_it_an_answer() -> None:
    of = release()
    suggestion = Suggestion("Other", SUGGESTED.suggestion.source, THEN)  # type: ignore[union-attr]
    person = vera(of, {"company": Answer(State.ANSWERED, "Acme", suggestion=suggestion)})
    assert Standing(of, person, moment()).answer("company") == "Acme"


def test_what_only_a_server_may_write_is_never_asked() -> None:
    of = release(work={**LOGIN, "fields": ["plan", "company"]})
    assert asked(of) == ("company",)


def test_what_is_retired_is_never_asked() -> None:
    of = release(work={**LOGIN, "fields": ["former", "company"]})
    assert asked(of) == ("company",)


def test_a_field_waits_for_its_condition() -> None:
    field = {"attribute": "seats", "when": {"attribute": "company", "equals": "Acme"}}
    of = release(work={**LOGIN, "fields": ["job_title", field]})
    assert asked(of) == ("job_title",)
    assert asked(of, vera(of, {"company": "Acme"})) == ("job_title", "seats")
    assert asked(of, vera(of, {"company": "Other"})) == ("job_title",)


def test_a_long_step_is_a_queue() -> None:
    fields = ["company", "job_title", "seats", "birthdate", "agrees"]
    of = release(work={**LOGIN, "fields": fields, "at_most": 2})
    assert asked(of) == ("company", "job_title")
    assert asked(of, vera(of, {"company": "Acme"})) == ("job_title", "seats")
    assert asked(of, vera(of, dict.fromkeys(fields[:4], "x"))) == ("agrees",)


def test_a_queue_goes_on_in_the_next_sitting_and_not_in_this_one() -> None:
    of = release(
        work={
            "trigger": {"on": "login", "count": {"at": 1}},
            "fields": ["company", "seats"],
            "at_most": 1,
        }
    )
    done = Progress(
        prompted_at=THEN,
        completed_at=THEN,
        completed_in="sid:0",
        shown=(of.attribute_id("company"),),
    )
    person = vera(of, {"company": "Acme"}, progress={"work": done}, logins=2)
    assert reasons(of, person, sitting="sid:0") == {"work": "completed"}
    assert asked(of, person, sitting="sid:1") == ("seats",)


def test_ask_all_shows_what_is_known_too() -> None:
    fields = ["company", "job_title", "seats"]
    of = release(work={**LOGIN, "fields": fields, "ask": "all"})
    assert asked(of, vera(of, {"company": "Acme", "seats": DECLINED})) == ("company", "job_title")
    assert asked(of, vera(of, dict.fromkeys(fields, "x"))) == tuple(fields)
    assert reasons(of, vera(of, dict.fromkeys(fields, DECLINED))) == {"work": "nothing_to_ask"}


# Gates


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        ({"from": AT}, None),
        ({"from": AT + MINUTE}, "not_scheduled"),
        ({"until": AT}, "not_scheduled"),
        ({"until": AT + MINUTE}, None),
        ({"from": AT - DAY, "until": AT + DAY}, None),
    ],
)
def test_a_step_appears_inside_its_time(bounds: dict[str, Any], reason: str | None) -> None:
    assert reasons(release(work={**LOGIN, **bounds})) == {"work": reason}


def test_a_step_appears_on_its_sites() -> None:
    of = release(here={**LOGIN, "sites": ["shop"]}, there={**LOGIN, "sites": ["club"]})
    assert reasons(of) == {"here": None, "there": "other_site"}
    assert reasons(of, site="club") == {"here": "other_site", "there": None}
    assert chosen(of, site="nowhere") is None


def test_a_paused_step_is_silent() -> None:
    of = release(a=LOGIN, b=LOGIN)
    assert reasons(of.silenced(Paused(steps=frozenset("a")))) == {"a": "paused", "b": None}
    assert chosen(of.silenced(Paused(everything=True))) is None


def test_the_audience_decides_who_is_asked() -> None:
    of = release(work={**LOGIN, "audience": {"claim": "tier", "equals": "gold"}})
    assert reasons(of) == {"work": "not_in_audience"}
    assert reasons(of, claims={"tier": "gold"}) == {"work": None}


@pytest.mark.parametrize("on", ["login", "page", "click", "event", "request"])
def test_what_the_page_tells_never_leaves_the_audience(on: Any) -> None:
    of = release(work={"audience": {"known": "seats"}, "trigger": triggers(), "sites": ["club"]})
    for where in ("shop", "club"):
        told = {"on": on, "name": "x", "url": "https://shop.example/", "step": "work"}
        assert chosen(of, site=where, **told) is None


def triggers() -> list[dict[str, Any]]:
    return [
        {"on": "login"},
        {"on": "request"},
        {"on": "click", "name": "x"},
        {"on": "event", "name": "x"},
        {"on": "page", "url": {"starts_with": "/"}},
    ]


ANY_MOMENT = [
    ({"on": "login"}, False),
    ({"on": "event", "name": "x"}, False),
    ({"on": "page", "url": "https://shop.example/"}, False),
    ({"on": "click", "name": "x"}, True),
    ({"on": "request", "step": "work"}, True),
]


@pytest.mark.parametrize(
    ("progress", "step", "reason"),
    [
        (Progress(prompted_at=THEN, skips=1, rests_until=since(MINUTE)), {},
         "snoozed_until 2026-11-02T09:01:00Z"),
        (Progress(prompted_at=THEN, skips=1, rests_until=since(timedelta(0))), {}, None),
        (Progress(prompted_at=THEN, skips=4, stopped=True), {}, "stopped"),
        (Progress(prompted_at=THEN, dismissed=SITTING), {}, "dismissed"),
        (Progress(prompted_at=THEN, dismissed="sid:yesterday"), {}, None),
        (Progress(prompted_at=THEN, prompts=2), {"prompts": 2}, "prompted_enough"),
        (Progress(prompted_at=THEN, prompts=1), {"prompts": 2}, None),
        (Progress(prompted_at=THEN, prompts=2, prompted_in=SITTING), {"prompts": 2}, None),
        (Progress(prompted_at=THEN, prompts=99), {}, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("told", "is_asked_for"), ANY_MOMENT)
def test_a_step_rests_unless_the_person_asks_for_it(
    progress: Progress, step: dict[str, Any], reason: str | None, told: Any, is_asked_for: bool
) -> None:
    of = release(work={"trigger": triggers(), **step})
    person = vera(of, progress={"work": progress})
    assert reasons(of, person, **told) == {"work": None if is_asked_for else reason}


COMPANY, SEATS, LETTER, JOB = (
    release().attribute_id(key) for key in ("company", "seats", "letter", "job_title")
)


@pytest.mark.parametrize(
    ("step", "known", "done", "reason"),
    [
        # Finished: everything was shown, whatever became of it since.
        ({}, {"company": "Acme"}, {"shown": (COMPANY,)}, "completed"),
        ({}, {}, {"shown": (COMPANY,)}, "completed"),
        ({"fields": [{"attribute": "company", "required": True}]}, {"company": EMPTY},
         {"shown": (COMPANY,)}, "completed"),
        # A new field reopens it, unless the answer to that is known.
        ({"fields": ["company", "seats"]}, {"company": "Acme"}, {"shown": (COMPANY,)}, None),
        ({"fields": ["company", "seats"]}, {"company": "Acme", "seats": 3}, {"shown": (COMPANY,)},
         "completed"),
        ({"fields": ["company", "seats"], "ask": "all"}, {"company": "Acme", "seats": 3},
         {"shown": (COMPANY,)}, "completed"),
        # What grew stale reopens it.
        ({"fields": ["letter"]}, {"letter": Answer(State.ANSWERED, True, version=1)},
         {"shown": (LETTER,)}, None),
        ({"fields": ["letter"]}, {"letter": Answer(State.ANSWERED, True, version=2)},
         {"shown": (LETTER,)}, "completed"),
        # The author asks everybody once more: about what is missing, or about all.
        ({"again": 1}, {}, {"shown": (COMPANY,)}, None),
        ({"again": 1}, {"company": "Acme"}, {"shown": (COMPANY,)}, "nothing_to_ask"),
        ({"again": 1, "ask": "all"}, {"company": "Acme"}, {"shown": (COMPANY,)}, None),
        ({"again": 1, "ask": "all"}, {"company": "Acme"}, {"shown": (COMPANY,), "round": 1},
         "completed"),
        # New words do not.
        ({"title": "Other words"}, {"company": "Acme"}, {"shown": (COMPANY,)}, "completed"),
    ],
)  # fmt: skip
def test_a_completed_step_is_reopened_by_what_is_new(
    step: dict[str, Any], known: dict[str, Any], done: dict[str, Any], reason: str | None
) -> None:
    of = release(work={**LOGIN, **step})
    progress = Progress(prompted_at=THEN, completed_at=THEN, completed_in="sid:then", **done)
    assert reasons(of, vera(of, known, progress={"work": progress})) == {"work": reason}


@pytest.mark.parametrize("count", [{"first": True}, {"at": 1}, {"at": 3}])
def test_what_grew_stale_is_asked_again_at_a_much_later_login(count: dict[str, Any]) -> None:
    of = release(work={"trigger": {"on": "login", "count": count}, "fields": ["job_title"]})
    done = Progress(prompted_at=1, completed_at=1, completed_in="sid:then", shown=(JOB,))
    person = vera(of, {"job_title": "x"}, said=AT - 366 * DAY, progress={"work": done}, logins=40)
    assert asked(of, person) == ("job_title",)


def test_a_step_once_opened_by_its_login_comes_back_at_later_ones() -> None:
    of = release(work={"trigger": {"on": "login", "count": {"at": 3}}})
    rested = Progress(prompted_at=THEN, prompts=1, skips=1, skipped_at=THEN, rests_until=THEN + 1)
    assert reasons(of, vera(of, logins=5)) == {"work": "not_triggered"}
    assert reasons(of, vera(of, logins=5, progress={"work": rested})) == {"work": None}


def test_the_gate_of_the_finished_comes_before_that_of_the_fields() -> None:
    of = release(work=LOGIN)
    done = Progress(prompted_at=THEN, completed_at=THEN, shown=(COMPANY,))
    person = vera(of, {"company": "Acme"}, progress={"work": done})
    assert reasons(of, person) == {"work": "completed"}
    assert reasons(of, vera(of, {"company": "Acme"})) == {"work": "nothing_to_ask"}


# Rank


def test_priority_ranks_and_then_the_order_of_the_document() -> None:
    of = release(low={**LOGIN, "priority": -1}, one=LOGIN, two=LOGIN, high={**LOGIN, "priority": 5})
    assert reasons(of) == {
        "high": None,
        "one": "outranked_by high",
        "two": "outranked_by high",
        "low": "outranked_by high",
    }
    assert list(reasons(of)) == ["high", "one", "two", "low"]


def test_what_cannot_appear_outranks_nobody() -> None:
    of = release(high={**LOGIN, "priority": 5, "sites": ["club"]}, low=LOGIN)
    assert reasons(of) == {"high": "other_site", "low": None}


# The trace


def test_the_trace_keeps_every_gate_that_was_reached() -> None:
    of = release(work=LOGIN, later={**LOGIN, "audience": {"known": "company"}})
    first, second = explain(of, vera(of), moment()).trace
    passed = ["published", "site", "trigger", "audience", "not finished", "something to ask"]
    assert [finding.gate for finding in first.findings] == [*passed, "not resting", "rank"]
    assert [finding.gate for finding in second.findings] == passed[:4]
    assert [finding.reason for finding in second.findings] == [None, None, None, "not_in_audience"]


def values(step: dict[str, Any], gate: str, answers: Any = None, **told: Any) -> str:
    of = release(work={**LOGIN, **step})
    person = vera(of, answers, logins=told.pop("logins", 0))
    (line,) = explain(of, person, moment(**told)).trace
    return next(finding.values for finding in line.findings if finding.gate == gate)


@pytest.mark.parametrize(
    ("step", "gate", "told", "said"),
    [
        ({}, "published", {}, "release 1"),
        ({"from": AT - DAY}, "published", {}, "release 1, from 2026-11-01T09:00:00Z"),
        ({}, "site", {}, "shop; the step is for every site"),
        ({"sites": ["club"]}, "site", {}, "shop; the step is for club"),
        ({}, "trigger", {"logins": 3}, "login, logins 3"),
        ({}, "trigger", {"sitting": "seen:1"}, "login, logins: not counted (no auth_time or sid)"),
        ({}, "trigger", {"sitting": "seen:1", "logins": 2},
         "login, logins: not counted (no auth_time or sid), 2 before"),
        ({}, "trigger", {"on": "event", "name": "login", "sitting": "seen:1"},
         "event login, logins 0"),
        ({}, "trigger", {"on": "page", "url": "https://shop.example/secret"},
         "page, logins 0"),
        ({}, "audience", {}, "everybody"),
        ({"audience": {"attribute": "company", "equals": "Secret"}}, "audience", {},
         "company: answered"),
        ({"audience": {"all": [{"claim": "tier", "known": True}, {"not": {"site": "club"}}]}},
         "audience", {"claims": {"tier": "secret"}}, "claim tier: known, site shop"),
        ({"audience": {"any": [{"locale": "de"}, {"completed": "work"}, {"skipped": "work"}]}},
         "audience", {}, "locale en, work not completed, work not skipped"),
        ({"audience": {"any": [{"logins": {"at_least": 1}}, {"first_seen": {}}]}}, "audience", {},
         "logins 0, first seen 2026-10-03T09:00:00Z"),
        ({"audience": {"all": []}}, "audience", {}, "nothing to look at"),
        ({}, "not finished", {}, "never completed"),
        ({"fields": ["company", "seats", {"attribute": "agrees", "when": {"known": "seats"}}]},
         "something to ask", {}, "company: answered, seats: unset, agrees: unset, hidden"),
        ({"fields": ["seats"]}, "not resting", {}, "prompts 0, skips 0"),
    ],
)  # fmt: skip
def test_the_trace_says_what_a_gate_looked_at_and_no_value_of_a_person(
    step: dict[str, Any], gate: str, told: dict[str, Any], said: str
) -> None:
    assert values(step, gate, {"company": "Secret"}, **told) == said
