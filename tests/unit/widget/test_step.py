"""The step in a host's page: answered, corrected, skipped, closed, seen; and twice is once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.world import World

DIALECTS = ("2", "4")
DAY = timedelta(days=1)
# What says what is wrong is a refusal to htmx 4; htmx 2 would not show one.
SHOWN = {"2": 200, "4": 422}


def later(days: float) -> int:
    """A sandbox's clock, so many days from now."""
    return int((datetime.now(UTC) + timedelta(days=days)).timestamp())


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_answers_are_saved_and_the_next_step_follows(world: World, dialect: str) -> None:
    step = await world.mount(dialect)
    nextone = await world.send(
        step, "answers", dialect, company="Acme Paper Works", website="acme.example"
    )
    assert (nextone.status, nextone.heading) == (200, "Your office")
    assert await world.answers() == {
        "company": "Acme Paper Works",
        "website": "https://acme.example/",
    }


async def test_after_the_last_step_comes_thanks(world: World) -> None:
    second = await world.send(await world.mount(), "answers", company="Acme Paper Works")
    done = await world.send(second, "answers", company_size="small")
    assert done.heading == "Thank you"
    assert "Thank you, that helps." in done.text
    assert done.events["askonce-complete"] == {"status": "complete"}
    assert (await world.mount()).status == 204


async def test_a_blank_answer_is_told_from_an_unknown_one_and_nought_from_both(
    world: World,
) -> None:
    second = await world.send(await world.mount(), "answers", company="Acme Paper Works")
    await world.send(second, "answers", seats="1")
    assert await world.answers() == {
        "company": "Acme Paper Works",
        "website": None,
        "company_size": None,
        "seats": 1,
    }


async def test_the_page_hears_ids_and_never_an_answer(world: World) -> None:
    step = await world.mount()
    prompt = step.events["askonce-prompted"]["prompt"]
    wrong = await world.send(step, "answers", website="not a website at all")
    assert wrong.events == {
        "askonce-invalid": {"step": "work", "prompt": prompt, "status": "invalid"}
    }
    saved = await world.send(step, "answers", company="Acme Paper Works")
    assert saved.events["askonce-saved"] == {"step": "work", "prompt": prompt, "status": "saved"}
    assert saved.events["askonce-prompted"]["step"] == "size"
    assert "Acme Paper" not in saved.headers["hx-trigger"]


# Wrong input


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_wrong_input_is_kept_and_said_in_the_same_words_twice(
    world: World, dialect: str
) -> None:
    step = await world.mount(dialect)
    wrong = await world.send(step, "answers", dialect, company="", website="not a website at all")
    assert (wrong.status, wrong.heading) == (SHOWN[dialect], "About your work")
    assert wrong.typed("Website") == "not a website at all"
    for label in ("Company", "Website"):
        assert wrong.control(label).get("aria-invalid") == "true"
    assert wrong.problems == [wrong.error("Company"), wrong.error("Website")]
    links = [link.get("href", "")[1:] for link in wrong.page.all("link")]
    assert links == [wrong.control(label).get("id") for label in ("Company", "Website")]
    assert (await world.person()).version == 1  # the arrival, and nothing since


async def test_what_was_wrong_can_be_put_right(world: World) -> None:
    wrong = await world.send(await world.mount(), "answers", company="")
    right = await world.send(wrong, "answers", company="Acme Paper Works")
    assert right.heading == "Your office"
    assert await world.answers() == {"company": "Acme Paper Works", "website": None}


BAD = [
    ("company", "x" * 101),
    ("company", "x" * 60_000),
    ("company", "a\x01b"),
    ("company", "a\x7fb"),
    ("company", "a\u202eb\u0085"),
    ("company", ["one company", "two companies"]),
    ("website", "javascript:alert(1)"),
    ("website", "http://" + "x" * 5000),
    ("website", ["https://one.example", "https://two.example"]),
]


@pytest.mark.parametrize(("name", "typed"), BAD)
async def test_a_bad_answer_writes_nothing_and_stays(door: World, name: str, typed: Any) -> None:
    step = await door.mount()
    good = {"company": "Acme Paper Works", "website": "https://acme.example"}
    wrong = await door.send(step, "answers", **{**good, name: typed})
    label = name.capitalize()
    wrong = replace(wrong, is_valid=False)
    assert wrong.status == 422
    assert wrong.problems == [wrong.error(label)]
    assert wrong.typed(label) == (typed if isinstance(typed, str) else typed[0])
    other = "Website" if name == "company" else "Company"
    assert wrong.typed(other) == good[other.lower()]
    assert await door.answers() == {}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("company_size", "huge"),
        ("company_size", ["small", "large"]),
        ("seats", "many"),
        ("seats", "1.5"),
        ("seats", "501"),
        ("seats", "9" * 400),
        ("seats", "NaN"),
    ],
)
async def test_an_answer_of_the_wrong_type_is_said_to_be(
    door: World, name: str, typed: Any
) -> None:
    second = await door.send(await door.mount(), "answers", company="Acme Paper Works")
    wrong = await door.send(second, "answers", **{name: typed})
    assert (wrong.status, len(wrong.problems)) == (422, 1)
    assert set(await door.answers()) == {"company", "website"}


async def test_a_name_nobody_asked_for_is_ignored_and_counted(
    world: World, logged: list[str]
) -> None:
    await world.send(
        await world.mount(),
        "answers",
        company="Acme Paper Works",
        csrf_token="of the host",
        nickname="not asked here",
        given_name="nor this",
    )
    assert await world.answers() == {"company": "Acme Paper Works", "website": None}
    assert '"ignored_fields":3' in logged[-1]


# Twice is once


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_double_click_saves_once(world: World, dialect: str) -> None:
    step = await world.mount(dialect)
    shown = [await world.send(step, "answers", dialect, company="Acme") for _ in range(2)]
    assert [one.heading for one in shown] == ["Your office"] * 2
    assert await world.happened() == ["logged_in", "shown", "submitted"]
    assert await world.changes() == 2
    assert (await world.person()).version == 2


async def test_other_answers_to_the_same_form_are_a_correction(world: World) -> None:
    step = await world.mount()
    await world.send(step, "answers", company="Acme Papre")
    again = await world.send(step, "answers", company="Acme Paper")
    assert again.heading == "Your office"
    assert (await world.happened())[-2:] == ["submitted", "corrected"]
    assert (await world.answers())["company"] == "Acme Paper"


async def test_two_tabs_that_answer_different_things_both_win(world: World) -> None:
    names = {"on": "click", "name": "names"}
    one, other = await world.mount(), await world.mount(query=names)
    await world.send(one, "answers", company="Acme Paper")
    await world.send(other, "answers", nickname="Vee")
    assert {"company": "Acme Paper", "nickname": "Vee"}.items() <= (await world.answers()).items()


async def test_a_form_of_a_tab_left_open_corrects_and_goes_on(world: World) -> None:
    one, other = await world.mount(), await world.mount()
    await world.send(one, "answers", company="Acme Paper")
    later = await world.send(other, "answers", company="Acme Press")
    assert later.heading == "Your office"
    assert (await world.answers())["company"] == "Acme Press"


async def test_a_reload_shows_where_the_person_stands(world: World) -> None:
    await world.send(await world.mount(sid="one"), "answers", company="Acme")
    assert (await world.mount(sid="one")).heading == "Your office"


# Skipping, closing, seeing


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_skipped_step_rests_and_comes_back_and_then_stops(
    world: World, dialect: str
) -> None:
    step = await world.mount(dialect)
    assert "You can skip this 1 more time." in step.text
    skipped = await world.send(step, "skips", dialect)
    assert (skipped.status, skipped.heading) == (200, "Skipped for now")
    assert skipped.events["askonce-skipped"]["step"] == "work"
    assert (await world.mount(dialect, clock=later(0.9))).status == 204
    again = await world.mount(dialect, clock=later(1.1))
    assert "If you skip this, we will not ask again." in again.text
    await world.send(again, "skips", dialect)
    assert (await world.mount(dialect, clock=later(400))).status == 204


async def test_two_skips_of_one_form_are_one(world: World) -> None:
    step = await world.mount()
    for _ in range(2):
        assert (await world.send(step, "skips")).status == 200
    assert (await world.person()).progress("work").skips == 1


async def test_a_skip_in_a_second_tab_does_not_climb_the_ladder(world: World) -> None:
    one, other = await world.mount(), await world.mount()
    for tab in (one, other):
        await world.send(tab, "skips")
    progress = (await world.person()).progress("work")
    assert (progress.skips, progress.stopped) == (1, False)


async def test_a_skip_after_the_answers_changes_nothing(world: World) -> None:
    step = await world.mount()
    await world.send(step, "answers", company="Acme Paper")
    await world.send(step, "skips")
    assert (await world.person()).progress("work").skips == 0


async def test_a_step_that_must_be_answered_offers_no_skip_and_takes_none(world: World) -> None:
    step = await world.mount(query={"on": "click", "name": "must"})
    assert step.buttons == ["Save", "Close"]
    assert (await world.send(step, "skips")).status == 403
    assert (await world.person()).progress("must").skips == 0


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_closed_step_is_gone_for_the_sitting(world: World, dialect: str) -> None:
    step = await world.mount(dialect, sid="monday")
    closed = await world.send(step, "dismissals", dialect)
    assert (closed.status, closed.response.text) == (200, "")
    assert closed.events["askonce-dismissed"]["status"] == "dismissed"
    assert (await world.mount(dialect, sid="monday")).status == 204
    assert (await world.mount(dialect, sid="tuesday")).heading == "About your work"


async def test_being_seen_is_noted_once(world: World) -> None:
    step = await world.mount()
    for _ in range(2):
        seen = await world.send(step, "prompts")
        assert (seen.status, seen.response.text) == (204, "")
    assert (await world.happened()).count("shown") == 1


async def test_a_sandboxs_time_goes_on_in_its_forms(world: World) -> None:
    step = await world.mount(clock=later(-1000))
    await world.send(step, "skips")
    rests = (await world.person()).progress("work").rests_until or 0
    assert abs(rests / 1000 - later(-999)) < 60


# Time goes by


async def test_after_half_an_hour_it_saves_and_shows_nothing_of_the_person(world: World) -> None:
    await world.mount(traits={"given_name": "Veronika"})
    names = {"on": "click", "name": "names"}
    step = await world.mount(query=names)
    assert step.typed("First name") == "Veronika"
    wrong = await world.send(
        world.aged(step, timedelta(minutes=31)), "answers", nickname="x" * 9999
    )
    assert "Veronika" not in wrong.response.text
    old = world.aged(await world.mount(), timedelta(minutes=31))
    following = await world.send(old, "answers", company="Acme Paper")
    assert following.heading == "Your office"
    assert (await world.answers())["company"] == "Acme Paper"


async def test_what_follows_a_form_left_open_is_as_old(world: World) -> None:
    old = world.aged(await world.mount(clock=later(5)), timedelta(hours=23))
    following = await world.send(old, "answers", company="Acme Paper")
    too_old = world.aged(following, timedelta(hours=1, minutes=1))
    assert (await world.send(too_old, "answers", seats="5")).status == 401


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("action", ["answers", "skips", "dismissals", "prompts"])
async def test_after_a_day_it_has_expired(door: World, dialect: str, action: str) -> None:
    old = door.aged(await door.mount(dialect), DAY + timedelta(seconds=5))
    expired = await door.send(old, action, dialect, company="Acme Paper")
    assert (expired.status, expired.heading) == (
        {"2": 200, "4": 401}[dialect],
        "This form has expired",
    )
    assert expired.events == {"askonce-gone": {"status": "401"}}
    assert await door.answers() == {}
