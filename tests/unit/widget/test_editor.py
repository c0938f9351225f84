"""The profile editor: what is known, from where, and every way to change it."""

from datetime import UTC, datetime, timedelta

import pytest
from babel.dates import format_date

from tests.unit.world import Shown, World

DIALECTS = ("2", "4")
SHOWN = {"2": 200, "4": 422}


async def known(world: World) -> Shown:
    """Vera has told her company at Shop, and Shop has told her first name and plan."""
    step = await world.mount(traits={"given_name": "Veronika", "plan": "team", "score": 7})
    return await world.send(step, "answers", company="Acme Paper", website="acme.example")


async def listed(world: World, dialect: str = "4", **wishes: str) -> Shown:
    return await world.mount(dialect, place="profile", query=wishes)


async def opened(world: World, attribute: str = "company", dialect: str = "4") -> Shown:
    page = await listed(world, dialect)
    return await world.submit(page, f"profile/{dialect}/questions", attribute=attribute)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_it_lists_each_answer_with_where_it_came_from(world: World, dialect: str) -> None:
    await known(world)
    page = await listed(world, dialect)
    today = format_date(datetime.now(UTC), "long", locale="en")
    assert (page.status, page.heading) == (200, "Your answers")
    rows = [page.page.name_of(one) for one in page.page.all("heading") if one.tag == "h3"]
    assert rows == ["First name", "Company", "Website", "Plan"]
    assert "Acme Paper" in page.text
    assert f"You told Shop on {today}." in page.text
    assert f"Shop told us on {today}." in page.text


async def test_nothing_known_is_said(world: World) -> None:
    assert "There is nothing here yet." in (await listed(world)).text


async def test_only_what_the_person_may_change_has_a_button(world: World) -> None:
    await known(world)
    assert (await listed(world)).buttons == ["Edit First name", "Edit Company", "Edit Website"]


async def test_another_site_shows_only_what_it_asks_itself(world: World) -> None:
    await known(world)
    page = await world.mount(site="acme.club", place="profile")
    assert "Acme Paper" not in page.text
    assert page.buttons == []


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_an_answer_is_opened_changed_and_listed_again(world: World, dialect: str) -> None:
    await known(world)
    form = await opened(world, "company", dialect)
    assert (form.heading, form.typed("Company")) == ("Change your answer", "Acme Paper")
    assert form.buttons == ["Save", "Cancel", "Clear this answer"]
    saved = await world.submit(form, f"profile/{dialect}/answers", company="Acme Press")
    assert (saved.status, saved.heading) == (200, "Your answers")
    assert "Your change is saved." in saved.text
    assert "Acme Press" in saved.text
    assert saved.events == {"askonce-saved": {"status": "saved"}}
    assert (await world.answers())["company"] == "Acme Press"


async def test_the_same_change_again_is_one_change(world: World) -> None:
    await known(world)
    form = await opened(world)
    for _ in range(2):
        saved = await world.submit(form, "profile/4/answers", company="Acme Press")
        assert saved.heading == "Your answers"
    assert (await world.happened()).count("edited") == 1


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_wrong_change_stays_in_its_form(world: World, dialect: str) -> None:
    await known(world)
    form = await opened(world, "website", dialect)
    wrong = await world.submit(form, f"profile/{dialect}/answers", website="not a website at all")
    assert wrong.status == SHOWN[dialect]
    assert wrong.typed("Website") == "not a website at all"
    assert wrong.problems == [wrong.error("Website")]
    assert wrong.events == {"askonce-invalid": {"status": "invalid"}}
    assert (await world.answers())["website"] == "https://acme.example/"
    right = await world.submit(wrong, f"profile/{dialect}/answers", website="acme.example/press")
    assert right.heading == "Your answers"


async def test_going_back_changes_nothing(world: World) -> None:
    await known(world)
    form = await opened(world)
    back = await world.submit(form, "profile/4/questions")
    assert back.heading == "Your answers"
    assert "edited" not in await world.happened()


async def test_an_answer_is_cleared_and_asked_again(world: World) -> None:
    await known(world)
    form = await opened(world)
    for _ in range(2):
        cleared = await world.submit(form, "profile/4/removals")
        assert "The answer is cleared." in cleared.text
    assert "company" not in await world.answers()
    assert (await world.happened()).count("cleared") == 1


async def test_a_name_nobody_asked_for_changes_nothing(world: World, logged: list[str]) -> None:
    await known(world)
    form = await opened(world)
    await world.submit(form, "profile/4/answers", company="Acme Press", plan="unlimited")
    assert (await world.answers())["plan"] == "team"
    assert '"ignored_fields":1' in logged[-1]


@pytest.mark.parametrize(
    "attribute", ["plan", "score", "nickname", "email", "nothing", "\x01", "_t"]
)
async def test_what_may_not_be_changed_is_not_opened(door: World, attribute: str) -> None:
    await known(door)
    refused = await opened(door, attribute)
    assert (refused.status, refused.heading) == (403, "This form cannot be shown here")


async def test_the_lists_token_saves_nothing(door: World) -> None:
    await known(door)
    page = await listed(door)
    for action in ("answers", "removals"):
        refused = await door.submit(page, f"profile/4/{action}", company="Acme Press")
        assert refused.status == 403
    assert (await door.answers())["company"] == "Acme Paper"


async def test_after_half_an_hour_it_saves_and_lists_nothing(world: World) -> None:
    await known(world)
    form = world.aged(await opened(world), timedelta(minutes=31), "editor")
    saved = await world.submit(form, "profile/4/answers", company="Acme Press")
    assert (saved.status, saved.heading) == (200, "Saved")
    assert "Acme Press" not in saved.response.text
    assert "_t" not in saved.response.text
    assert (await world.answers())["company"] == "Acme Press"


@pytest.mark.parametrize("attribute", ["company", ""])
async def test_after_half_an_hour_nothing_is_opened(door: World, attribute: str) -> None:
    await known(door)
    page = door.aged(await listed(door), timedelta(minutes=31), "editor")
    refused = await door.submit(page, "profile/4/questions", attribute=attribute)
    assert (refused.status, refused.heading) == (401, "This form has expired")
