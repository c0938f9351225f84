"""The laws of deciding, for any document, any person and any moment."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.answers import Answer, Provenance, Source, State
from app.domain.deciding import Decision, Standing, decide, explain
from app.domain.moments import KINDS, Moment
from app.domain.progress import Progress
from app.domain.prompts import Prompt, completed, skipped
from app.domain.release import Release
from app.domain.subjects import Subject
from app.domain.times import to_milliseconds
from tests.unit.domain.world import (
    AT,
    DECLINED,
    EMPTY,
    SITTING,
    SUGGESTED,
    VERA,
    document,
    release,
    vera,
)

ASKED = ("company", "job_title", "seats", "agrees", "letter")
STEPS = ("one", "two", "three")
SITTINGS = (SITTING, "sid:noon", "seen:1793610000000")
URLS = ("https://shop.example/", "https://shop.example/pricing", "https://club.example/a/b")
PAGES = ({"equals": "/"}, {"starts_with": "/p"}, {"matches": "*/b"})
BLANK = release()
LOGINS = (None, None, None, {"first": True}, {"at": 2}, {"every": 2}, {"from": 2})

times = st.integers(-800 * 24, 48).map(lambda hours: AT + timedelta(hours=hours))
values = st.sampled_from(["Acme", "", 0, 3, True, False])
states = st.sampled_from([EMPTY, DECLINED, SUGGESTED, Answer(State.NOT_APPLICABLE)])
consents = st.builds(
    lambda value, version: Answer(State.ANSWERED, value, version=version),
    st.booleans(),
    st.sampled_from([None, 1, 2]),
)


leaves = st.one_of(
    st.builds(
        lambda how, key: {how: key},
        st.sampled_from(["known", "missing", "stale", "declined"]),
        st.sampled_from(ASKED),
    ),
    st.builds(lambda key, x: {"attribute": key, "equals": x}, st.sampled_from(ASKED), values),
    st.builds(lambda key: {"attribute": key, "at_least": 1}, st.sampled_from(ASKED)),
    st.builds(lambda value: {"claim": "tier", "equals": value}, values),
    st.builds(
        lambda how, key: {how: key},
        st.sampled_from(["completed", "skipped"]),
        st.sampled_from(STEPS),
    ),
    st.sampled_from([{"site": "shop"}, {"locale": "en"}, {"logins": {"at_least": 2}}]),
)
conditions: st.SearchStrategy[dict[str, Any]] = st.one_of(
    leaves,
    leaves.map(lambda one: {"not": one}),
    st.builds(
        lambda how, some: {how: some},
        st.sampled_from(["all", "any"]),
        st.lists(leaves, max_size=2),
    ),
)
# So that laws are not kept by silence: many documents ask many people something.
seldom = st.lists(conditions, max_size=1).map(lambda some: some[0] if some else None)
triggers = st.one_of(
    st.sampled_from(LOGINS).map(lambda count: {"on": "login", "count": count}),
    st.sampled_from(PAGES).map(lambda rule: {"on": "page", "url": rule}),
    st.sampled_from(["click", "event"]).map(lambda on: {"on": on, "name": "x"}),
    st.just({"on": "request"}),
)


def steps_of(when: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    field = st.fixed_dictionaries(
        {"attribute": st.sampled_from(ASKED), "required": st.booleans(), "when": when}
    )
    skip = {
        "snooze": st.lists(st.sampled_from(["1h", "1d", "30d"]), max_size=3),
        "limit": st.none() | st.integers(1, 3),
    }
    step = {
        "fields": st.lists(field, min_size=1, unique_by=lambda one: one["attribute"]),
        "trigger": st.lists(triggers, min_size=2, max_size=4) | st.just([]),
        "sites": st.sampled_from([[], [], [], ["shop"], ["club"]]),
        "audience": seldom,
        "ask": st.sampled_from(["missing", "all"]),
        "at_most": st.none() | st.integers(1, 3),
        "prompts": st.none() | st.integers(1, 2),
        "again": st.integers(0, 1),
        "priority": st.integers(-1, 1),
        "skip": st.fixed_dictionaries(skip),
    }
    return st.fixed_dictionaries({key: st.fixed_dictionaries(step) for key in STEPS})


maybe = st.none() | times.map(to_milliseconds)
standings = st.builds(
    Progress,
    prompts=st.integers(0, 3),
    prompted_at=maybe,
    prompted_in=st.none() | st.sampled_from(SITTINGS),
    skips=st.integers(0, 4),
    skipped_at=maybe,
    rests_until=maybe,
    stopped=st.sampled_from([False, False, True]),
    dismissed=st.none() | st.sampled_from(SITTINGS),
    completed_at=maybe,
    completed_in=st.none() | st.sampled_from(SITTINGS),
    round=st.integers(0, 1),
    shown=st.lists(st.sampled_from([BLANK.attribute_id(key) for key in ASKED]), unique=True).map(
        tuple
    ),
)
answers = states | consents | values.map(lambda value: Answer(State.ANSWERED, value))
tellings = st.builds(Provenance, st.sampled_from(Source), times.map(to_milliseconds))


def person(
    logins: int | None, said: dict[str, tuple[Answer, Provenance]], known: dict[str, Progress]
) -> Subject:
    subject = Subject(VERA) if logins is None else vera(BLANK, logins=logins, progress=known)
    for key, (answer, told) in said.items():
        subject = subject.with_answers({BLANK.attribute_id(key): answer}, told)
    return subject


people = st.builds(
    person,
    st.none() | st.integers(0, 4),
    st.dictionaries(st.sampled_from(ASKED), st.tuples(answers, tellings), max_size=3),
    st.dictionaries(st.sampled_from(STEPS), standings, max_size=1),
)
moments = st.builds(
    Moment,
    at=times,
    site=st.sampled_from(["shop", "club"]),
    locale=st.sampled_from(["en", "de"]),
    sitting=st.sampled_from(SITTINGS),
    on=st.sampled_from(("login", "login", *KINDS)),
    name=st.sampled_from(["x", "x", "y", None]),
    url=st.none() | st.sampled_from(URLS),
    step=st.none() | st.sampled_from(STEPS),
    claims=st.dictionaries(st.just("tier"), values, max_size=1),
)


@dataclass(frozen=True)
class Case:
    """One document, one person and one moment."""

    written: dict[str, Any]
    subject: Subject
    moment: Moment

    @property
    def release(self) -> Release:
        return released(self.written)


def released(written: dict[str, Any]) -> Release:
    ids = {key: int(BLANK.attribute_id(key)) for key in BLANK.attributes}
    return Release(document(**written), 1, ids, {})


cases = st.builds(Case, steps_of(seldom), people, moments)
unconditional = st.builds(Case, steps_of(st.none()), people, moments)


def shown(case: Case, decision: Decision) -> Prompt:
    return Prompt(
        "p1",
        case.release,
        case.moment.site,
        decision.step or "",
        decision.attributes,
        "en",
        case.moment.sitting,
        case.moment.at,
    )


@given(cases)
def test_deciding_is_total_and_deterministic(case: Case) -> None:
    again = released(case.written)
    row = (case.subject.version or 1, case.subject.to_bytes())
    same = Subject.from_row(VERA, row)
    assert decide(case.release, case.subject, case.moment) == decide(again, same, case.moment)


@given(cases)
def test_the_winner_of_the_trace_is_the_decision(case: Case) -> None:
    decision = decide(case.release, case.subject, case.moment)
    explained = explain(case.release, case.subject, case.moment)
    assert (explained.step, explained.attributes) == (decision.step, decision.attributes)
    winners = [line.step for line in explained.trace if line.reason is None]
    assert winners == ([decision.step] if decision.step else [])
    assert len(explained.trace) == len(STEPS)


@given(cases)
def test_a_step_is_never_shown_with_nothing_to_ask(case: Case) -> None:
    decision = decide(case.release, case.subject, case.moment)
    assert bool(decision.step) is bool(decision.attributes)


@given(cases)
def test_what_was_declined_is_in_no_prompt(case: Case) -> None:
    decision = decide(case.release, case.subject, case.moment)
    standing = Standing(case.release, case.subject, case.moment)
    settled = (State.DECLINED, State.NOT_APPLICABLE)
    assert not any(standing.state(key) in settled for key in decision.attributes)


@given(cases, st.lists(values | st.none(), min_size=5, max_size=5))
def test_a_submitted_step_is_never_chosen_again_at_the_same_moment(
    case: Case, said: list[Any]
) -> None:
    subject, chosen = case.subject, list[str]()
    decision = decide(case.release, subject, case.moment)
    while decision.step:
        chosen.append(decision.step)
        answers = dict(zip(decision.attributes, said, strict=False))
        prompt = replace(shown(case, decision), id=f"p{len(chosen)}")
        change = completed(subject, prompt, answers, case.moment.at)
        assert change
        subject = change.subject
        assert len(chosen) <= len(STEPS)
        decision = decide(case.release, subject, case.moment)
    assert len(chosen) == len(set(chosen))


@given(cases, st.integers(0, 40 * 24 * 60), st.sampled_from(SITTINGS))
def test_a_skipped_step_rests_for_its_time(case: Case, minutes: int, sitting: str) -> None:
    decision = decide(case.release, case.subject, case.moment)
    change = decision.step and skipped(case.subject, shown(case, decision), case.moment.at)
    if not change or not decision.step:
        return
    later = case.moment.at + timedelta(minutes=minutes)
    moment = Moment(later, case.moment.site, "en", sitting, "login")
    where = change.subject.progress(decision.step)
    if where.stopped or to_milliseconds(later) < (where.rests_until or 0):
        assert decide(case.release, change.subject, moment).step != decision.step


@given(unconditional, st.sampled_from(ASKED), values)
def test_an_answer_makes_nothing_else_askable(case: Case, key: str, value: Any) -> None:
    made = Answer(State.ANSWERED, value, version=case.release.attributes[key].version)
    told = Provenance(Source.STEP, to_milliseconds(case.moment.at))
    after = case.subject.with_answers({case.release.attribute_id(key): made}, told)
    for step in case.release.steps.values():
        before = set(Standing(case.release, case.subject, case.moment).askable(step))
        assert set(Standing(case.release, after, case.moment).askable(step)) <= before


@given(cases, st.permutations(STEPS))
def test_the_order_of_steps_changes_only_their_rank(case: Case, order: list[str]) -> None:
    swapped = released({key: case.written[key] for key in order})
    one = explain(case.release, case.subject, case.moment)
    other = explain(swapped, case.subject, case.moment)
    assert _reached(one) == _reached(other)
    for explained, of in ((one, case.release), (other, swapped)):
        able = [line.step for line in explained.trace if line.findings[-1].gate == "rank"]
        in_order = [key for key in of.steps if key in able]
        assert explained.step == max(in_order, key=lambda key: of.steps[key].priority, default=None)


def _reached(decision: Decision) -> dict[str, list[tuple[str, str | None]]]:
    return {
        line.step: [(one.gate, one.reason) for one in line.findings if one.gate != "rank"]
        for line in decision.trace
    }
