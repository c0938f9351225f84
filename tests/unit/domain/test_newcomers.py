"""Newcomers: what a page brings is stored once, logins are counted, claims laid over the row."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.answers import Answer, Source, State
from app.domain.changes import find_subject
from app.domain.editing import Edit, edit_answer
from app.domain.newcomers import Newcomer, meet
from app.domain.prompts import complete_step, dismiss_step
from app.domain.refusals import Refused
from app.domain.subjects import Subject
from app.lib.db import Database
from tests.unit.domain.world import (
    AT,
    DAY,
    LOGIN,
    MINUTE,
    VERA,
    chosen,
    count_rows,
    event_rows,
    history_rows,
    kept,
    newcomer,
    prompt,
    release,
)

SHOP = release(work=LOGIN)
HOUR = timedelta(hours=1)


async def arrive(database: Database, *comers: Newcomer, site: str = "shop") -> Subject:
    subject = Subject(VERA)
    for one in comers:
        subject, _ = await meet(database, SHOP, site, one)
    return subject


def sessions(*names: str) -> list[Newcomer]:
    """Requests of host sessions, a minute apart, each of a login just before the first."""
    first: dict[str, datetime] = {}
    times = [AT + number * MINUTE for number in range(len(names))]
    return [
        newcomer(sid=name, auth_time=first.setdefault(name, at), at=at, said_at=at)
        for name, at in zip(names, times, strict=True)
    ]


def logged_in(*hours: float, sid: bool = True) -> list[Newcomer]:
    """A login for each number of hours before now, in this order of arrival."""
    return [
        newcomer(sid=f"s{n}" if sid else None, auth_time=AT - before * HOUR)
        for n, before in enumerate(hours)
    ]


@pytest.mark.parametrize(
    ("brought", "count"),
    [
        (sessions("a"), 1),
        (sessions("a", "a", "a"), 1),
        (sessions("a", "b", "a", "b", "c"), 3),
        # Two devices, the older login heard of later.
        (logged_in(1, 2, 3), 3),
        (logged_in(1, 23), 2),
        # More than a day older than the newest: too old to be told from one counted before.
        (logged_in(1, 25), 2),
        (logged_in(1, 25.1), 1),
        (logged_in(25.1, 1), 2),
        # Without a session the time of the login identifies it.
        (logged_in(1, 2, 1, 2, sid=False), 2),
        # Nothing identifies it.
        ([newcomer(sid=None, auth_time=None)] * 3, 0),
    ],
)
async def test_a_login_is_counted_once(
    database: Database, brought: list[Newcomer], count: int
) -> None:
    after = await arrive(database, *brought)
    assert (after.logins("shop"), after.logins()) == (count, count)
    told = await database.read(event_rows)
    assert told == [("logged_in", None, None, "shop")] * count


async def test_a_seventeenth_login_forgets_the_first_and_counts_none_again(
    database: Database,
) -> None:
    hours = [n / 2 for n in range(17, 0, -1)]
    after = await arrive(database, *logged_in(*hours))
    assert after.logins("shop") == 17
    assert len(after.body["authentications"]["shop"]) == 16
    assert kept(await arrive(database, *logged_in(*hours))) == kept(after)


async def test_a_login_older_than_sixteen_others_cannot_be_told_from_a_forgotten_one(
    database: Database,
) -> None:
    newer = logged_in(*(n / 2 for n in range(16, 0, -1)))
    oldest = newcomer(sid="oldest", auth_time=AT - 10 * HOUR)
    after = await arrive(database, *newer, oldest)
    assert after.logins("shop") == 16
    assert kept(await arrive(database, oldest, oldest)) == kept(after)


async def test_logins_are_counted_for_each_site_and_for_all(database: Database) -> None:
    await arrive(database, *sessions("a", "b"))
    after = await arrive(database, *sessions("b", "c"), site="club")
    assert (after.logins("shop"), after.logins("club"), after.logins()) == (2, 2, 3)


async def test_the_host_tells_of_a_login_itself(database: Database) -> None:
    def told(minutes: int) -> Newcomer:
        at = AT + minutes * MINUTE
        wishes = {"on": "event", "name": "login"}
        return newcomer(sid=None, auth_time=None, wishes=wishes, at=at, said_at=at)

    after = await arrive(database, told(0), told(0), told(1))
    assert after.logins("shop") == 2
    identified = newcomer(wishes={"on": "event", "name": "login"})
    assert (await arrive(database, identified, identified)).logins("shop") == 3


async def test_what_was_closed_after_a_told_login_rests_for_the_rest_of_the_sitting(
    database: Database,
) -> None:
    of = release(work={"trigger": [{"on": "login"}, {"on": "event", "name": "login"}]})
    anonymous: dict[str, Any] = {"sid": None, "auth_time": None}
    wishes = {"on": "event", "name": "login"}
    subject, at = await meet(database, of, "shop", newcomer(wishes=wishes, **anonymous))
    shown = prompt(of, sitting=at.sitting)
    assert chosen(of, subject, on=at.on, name=at.name, sitting=at.sitting) == "work"
    await database.save(dismiss_step, VERA, shown, AT + MINUTE)
    page = newcomer(at=AT + 2 * MINUTE, **anonymous)
    subject, then = await meet(database, of, "shop", page)
    assert then.sitting == at.sitting
    assert chosen(of, subject, at=then.at, sitting=then.sitting) is None


# Sittings


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {"at": AT + DAY}, True),
        ({}, {"sid": "evening"}, False),
        ({"sid": None}, {"sid": None, "at": AT + DAY}, True),
        ({"sid": None}, {"sid": None, "auth_time": AT}, False),
        ({"sid": None, "auth_time": None}, {"sid": None, "auth_time": None}, True),
        ({"sid": None, "auth_time": None},
         {"sid": None, "auth_time": None, "at": AT + timedelta(minutes=29)}, True),
        ({"sid": None, "auth_time": None},
         {"sid": None, "auth_time": None, "at": AT + timedelta(minutes=30)}, False),
        ({"sid": None, "auth_time": None}, {"sid": "a"}, False),
    ],
)  # fmt: skip
async def test_a_sitting_is_that_of_the_login_or_half_an_hour(
    database: Database, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    sittings = [
        (await meet(database, SHOP, "shop", newcomer(**changes)))[1].sitting
        for changes in (one, other)
    ]
    assert (len(set(sittings)) == 1) is same


async def test_what_a_person_does_prolongs_a_sitting(database: Database) -> None:
    anonymous: dict[str, Any] = {"sid": None, "auth_time": None}
    _, first = await meet(database, SHOP, "shop", newcomer(**anonymous))
    shown = prompt(SHOP, sitting=first.sitting)
    await database.save(dismiss_step, VERA, shown, AT + 20 * MINUTE)
    _, later = await meet(database, SHOP, "shop", newcomer(at=AT + 40 * MINUTE, **anonymous))
    assert later.sitting == first.sitting


# Claims


async def value(database: Database, key: str) -> tuple[Any, Any]:
    """What is stored of an attribute, and what was suggested beside it."""
    answer = (await find_subject(database, VERA)).answer(SHOP.attribute_id(key))
    if answer is None:
        return None, None
    return answer.value, answer.suggestion.value if answer.suggestion else None


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        # fill: unset, the default
        ("company", ("claimed", None), ("claimed", None)),
        # fill: login
        ("plan", ("claimed", None), ("changed", None)),
        # fill: first_sight
        ("joined", ("claimed", None), ("claimed", None)),
        # authority: claim
        ("email", ("a@acme.example", None), ("b@acme.example", None)),
    ],
)
async def test_a_claim_fills_what_its_attribute_says(
    database: Database, key: str, before: Any, after: Any
) -> None:
    first, second = (
        ("a@acme.example", "b@acme.example") if key == "email" else ("claimed", "changed")
    )
    await arrive(database, newcomer(traits={key: first}))
    assert await value(database, key) == before
    same_login = await arrive(database, newcomer(traits={key: second}))
    assert await value(database, key) == before
    assert same_login.version == 1
    await arrive(database, newcomer(traits={key: second}, sid="evening"))
    assert await value(database, key) == after


async def test_a_claim_that_came_later_fills_only_what_it_may(database: Database) -> None:
    await arrive(database, newcomer())
    traits = {"joined": "late", "company": "Acme"}
    await arrive(database, newcomer(traits=traits, sid="evening"))
    assert await value(database, "joined") == (None, None)
    assert await value(database, "company") == ("Acme", None)


async def test_a_claim_is_laid_over_the_row_before_it_is_stored(database: Database) -> None:
    before = await arrive(database, newcomer())
    after = await arrive(database, newcomer(traits={"company": "Acme"}))
    assert chosen(SHOP, before) == "work"
    assert chosen(SHOP, after) is None
    assert after.version == before.version
    assert await value(database, "company") == (None, None)


async def test_a_claim_that_nothing_may_believe_is_left(database: Database) -> None:
    traits = {"seats": "many", "unheard_of": 1, "former": "x", "company": "x" * 20_000}
    await arrive(database, newcomer(traits=traits))
    assert (await find_subject(database, VERA)).answered() == ()


@pytest.mark.parametrize(
    ("key", "said", "stored"),
    [
        # The person's word counts; the claim is a suggestion.
        ("plan", "mine", ("mine", "claimed")),
        # authority: claim reverses it.
        ("email", "mine@acme.example", ("claimed@acme.example", None)),
        # What only fills what is unset is not even suggested.
        ("company", "mine", ("mine", None)),
    ],
)
async def test_what_the_person_said_stands_unless_claims_have_the_authority(
    database: Database, key: str, said: str, stored: Any
) -> None:
    edit = Edit("e1", SHOP, "shop", key, "en", "sid:morning")
    await database.save(edit_answer, VERA, edit, said, AT)
    claim = said.replace("mine", "claimed")
    await arrive(database, newcomer(traits={key: claim}, at=AT + MINUTE))
    assert await value(database, key) == stored


async def test_a_weaker_word_is_suggested_and_one_that_agrees_is_not(database: Database) -> None:
    await arrive(database, newcomer(traits={"email": "a@acme.example"}))
    shown, after = prompt(SHOP, "email"), Subject(VERA)
    for mine, suggested in (("a@acme.example", None), ("b@acme.example", "b@acme.example")):
        after = await database.save(complete_step, VERA, shown, {"email": mine}, AT)
        assert await value(database, "email") == ("a@acme.example", suggested)
    told = after.answer(SHOP.attribute_id("email"))
    source = after.provenance(told) if told else None
    assert source
    assert source.source is Source.CLAIM
    assert len(await database.read(history_rows)) == 1


async def test_what_was_left_blank_is_not_filled_behind_the_person(database: Database) -> None:
    await database.save(complete_step, VERA, prompt(SHOP), {"company": None}, AT)
    await arrive(database, newcomer(traits={"company": "Acme"}))
    after = await find_subject(database, VERA)
    assert after.answer(SHOP.attribute_id("company")) == Answer(State.EMPTY, by="1")


# What it costs


async def test_a_known_person_costs_one_read(database: Database) -> None:
    before = await arrive(database, newcomer())
    with database.counting() as counted:
        after = await arrive(database, newcomer(traits={"company": "Acme"}, at=AT + MINUTE))
    assert (counted.reads, counted.transactions) == (1, 0)
    assert [statement.split()[0] for statement in counted.statements] == ["SELECT"]
    assert after.version == before.version


async def test_a_new_person_costs_one_read_and_one_transaction(
    database: Database, engine: str
) -> None:
    with database.counting() as counted:
        await arrive(database, newcomer(traits={"company": "Acme"}))
    assert (counted.reads, counted.transactions) == (1, 1)
    written = [s for s in counted.statements if "INSERT INTO subjects" in s]
    assert len(written) == 1
    assert len(counted.statements) == {"postgresql": 3, "sqlite": 8}[engine]
    assert await database.read(count_rows) == {("", "logged_in"): 1, ("", "enriched"): 1}


@pytest.mark.parametrize(
    "anonymous", [{}, {"sid": None}, {"sid": None, "auth_time": None}], ids=str
)
async def test_the_same_request_again_writes_nothing(
    database: Database, anonymous: dict[str, Any]
) -> None:
    await arrive(database, newcomer(**anonymous))
    with database.counting() as counted:
        await arrive(database, *[newcomer(**anonymous)] * 3)
    assert (counted.reads, counted.transactions, len(counted.statements)) == (3, 0, 3)


async def test_a_moment_that_is_none_is_refused_and_writes_nothing(database: Database) -> None:
    with pytest.raises(Refused, match="unknown_moment"):
        await arrive(database, newcomer(wishes={"on": "payday"}))
    assert kept(await find_subject(database, VERA)) == kept(Subject(VERA))


async def test_a_page_is_known_by_origin_and_path_alone(database: Database) -> None:
    url = "https://shop.example/pricing?token=1#top"
    _, at = await meet(database, SHOP, "shop", newcomer(wishes={"on": "page", "url": url}))
    assert at.url == "https://shop.example/pricing"


async def test_only_claims_that_a_condition_reads_are_carried(database: Database) -> None:
    of = release(work={**LOGIN, "audience": {"claim": "tier", "equals": "gold"}})
    brought = newcomer(claims={"tier": "gold", "salary": 1})
    _, at = await meet(database, of, "shop", brought)
    assert at.claims == {"tier": "gold"}


async def test_people_of_sites_that_share_none_are_others(database: Database) -> None:
    of = release(work=LOGIN)
    own = type(of).of(of.document.model_copy(update={"subjects": "own"}))
    shop, _ = await meet(database, own, "shop", newcomer())
    club, _ = await meet(database, own, "club", newcomer())
    assert (shop.key.subject, club.key.subject) == ("shop:vera", "club:vera")
    assert (shop.logins(), club.logins()) == (1, 1)
