"""After a log-out, or an erasure, nothing that was shown before has any force."""

import time
from datetime import timedelta

import httpx
import pytest

from app.domain.tokens import open_token
from tests.unit.signing import SHOP
from tests.unit.world import VERA, Shown, World, document, publish_document

WORDS = {"company": "Acme Paper Works"}
MAIL = "{kind: email, label: {en: Company"
ACTIONS: list[tuple[str, dict[str, str]]] = [
    ("answers", WORDS),
    ("skips", {}),
    ("dismissals", {}),
    ("prompts", {}),
]


def is_gone(shown: Shown) -> bool:
    """Whether the card says that the form has expired, and the page hears of it."""
    return (
        (shown.status, shown.heading) == (401, "This form has expired")
        and shown.events.keys() == {"askonce-gone"}
        and not shown.page.all("textbox")
    )


def cookie_of(shown: Shown) -> str:
    return shown.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize(("action", "typed"), ACTIONS)
async def test_a_step_from_before_a_log_out_saves_nothing(
    world: World, action: str, typed: dict[str, str]
) -> None:
    step = await world.mount()
    assert await world.log_out() == 204
    before = await world.person()
    assert is_gone(await world.send(step, action, **typed))
    assert await world.person() == before


@pytest.mark.parametrize(("action", "typed"), ACTIONS)
async def test_a_step_from_before_an_erasure_brings_nobody_back(
    world: World, action: str, typed: dict[str, str]
) -> None:
    step = await world.mount()
    await world.erase()
    assert is_gone(await world.send(step, action, **typed))
    assert (await world.person()).version == 0


@pytest.mark.parametrize("sitting", ["one sitting", "another one"])
async def test_who_came_anew_after_an_erasure_is_another_person(world: World, sitting: str) -> None:
    step = await world.mount()
    await world.erase()
    for sid in ("one sitting", sitting):  # as many versions as before, or more
        await world.mount(sid=sid, clock=int(time.time()) + 60)
    assert is_gone(await world.send(step, "answers", **WORDS))
    assert await world.answers() == {}


async def test_a_form_that_was_wrong_is_as_old_as_its_page(world: World) -> None:
    step = await world.mount()
    await world.log_out()
    wrong = await world.send(step, "answers", company="")
    assert wrong.status == 422
    assert is_gone(await world.send(wrong, "answers", **WORDS))


async def test_a_step_that_follows_another_is_as_old_as_its_page(world: World) -> None:
    second = await world.send(await world.mount(), "answers", **WORDS)
    assert second.heading == "Your office"
    await world.log_out()
    assert is_gone(await world.send(second, "answers", seats="7"))


async def test_who_comes_back_is_asked_again_at_once(world: World) -> None:
    await world.mount()
    await world.log_out()
    step = await world.mount(sid="the next sitting")
    assert step.heading == "About your work"
    saved = await world.send(step, "answers", **WORDS)
    assert "askonce-saved" in saved.events


async def test_an_assertion_from_before_a_log_out_brings_nobody(world: World) -> None:
    await world.mount()
    await world.log_out()
    early = int(time.time()) - 2
    refused = await world.mount(iat=early, exp=early + 60)
    assert (refused.status, refused.response.text) == (401, "")


@pytest.mark.parametrize("place", ["questions", "answers", "removals"])
async def test_an_editor_from_before_a_log_out_shows_and_changes_nothing(
    world: World, place: str
) -> None:
    await world.send(await world.mount(), "answers", **WORDS)
    editor = await world.mount(place="profile")
    question = await world.submit(editor, "profile/4/questions", attribute="company")
    await world.log_out()
    shown = editor if place == "questions" else question
    typed = {"attribute": "company"} if place == "questions" else {"company": "Acme Press"}
    refused = await world.submit(shown, f"profile/4/{place}", **typed)
    assert is_gone(refused)
    assert (await world.answers())["company"] == WORDS["company"]


async def test_a_ticket_from_before_a_log_out_opens_nothing(world: World) -> None:
    path = await world.ticket()
    await world.log_out()
    assert (await world.frame(path)).heading == "This form has expired"
    assert (await world.frame(await world.ticket())).heading == "About your work"


async def test_a_cookie_from_before_a_log_out_opens_nothing(world: World) -> None:
    path = await world.ticket()
    cookie = cookie_of(await world.frame(path))
    assert (await world.frame(path, cookie=cookie)).heading == "About your work"
    await world.log_out()
    assert (await world.frame(path, cookie=cookie)).heading == "This form has expired"


async def test_a_step_that_is_asked_otherwise_by_now_is_shown_to_nobody_logged_out(
    world: World,
) -> None:
    """What a page gets whose step was changed is read from the row as well."""
    step = await world.mount()
    await publish_document(world.database, document(**{"{kind: text, label: {en: Company": MAIL}))
    await world.runtime.releases.poll()
    await world.log_out()
    assert is_gone(await world.send(step, "answers", **WORDS))


async def test_a_sandbox_s_time_is_none_of_the_log_out_s(world: World) -> None:
    """The site's clock goes years ahead, or behind: a log-out goes by the real one."""
    for years in (-5, 5):
        clock = int(time.time()) + years * 31_536_000
        step = await world.mount(clock=clock, sid=f"{years}")
        assert await world.log_out() == 204
        assert is_gone(await world.send(step, "answers", **WORDS))
        again = await world.mount(clock=clock, sid=f"{years} again")
        assert (await world.send(again, "dismissals")).status == 200


async def test_a_token_without_the_newer_members_is_as_old_as_it_says(world: World) -> None:
    step = await world.mount()
    opened = open_token(world.keyring, step.token, "step", world.runtime.now())
    assert (opened.since, opened.born) == (opened.basis.since, opened.basis.born)
    assert opened.born > 0
    older = world.aged(step, timedelta(minutes=5))
    assert (await world.send(older, "dismissals")).status == 200


# The address of it.


async def delete(world: World, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    sent = world.credential() if headers is None else headers
    return await world.client.delete(path, headers=sent)


@pytest.mark.parametrize(
    ("sub", "written"),
    [
        ("auth0|4711", "auth0%7C4711"),
        ("people/4711", "people%2F4711"),
        ("people/4711", "people/4711"),
        ("/", "%2F"),
        ("a//b", "a//b"),
        ("a/sessions", "a%2Fsessions"),
        ("a/sessions", "a/sessions"),
        ("sessions", "sessions"),
        ("..", "%2E%2E"),
        ("50%2F50", "50%252F50"),
        ("vera?x#y", "vera%3Fx%23y"),
        ("a b", "a%20b"),
        ("a+b", "a+b"),
        ("وليد", "%D9%88%D9%84%D9%8A%D8%AF"),
    ],
)
async def test_a_person_of_any_name_is_logged_out(world: World, sub: str, written: str) -> None:
    step = await world.mount(sub=world.keep(sub))
    answer = await delete(world, f"/api/v1/subjects/{written}/sessions")
    assert (answer.status_code, answer.content) == (204, b"")
    assert is_gone(await world.send(step, "answers", **WORDS))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/sessions", 400, "token_subject"),
        ("/vera", 404, "unknown_path"),
        ("/vera/sessions/", 404, "unknown_path"),
        ("/vera/session", 404, "unknown_path"),
        ("/vera/answers", 404, "unknown_path"),
        ("//sessions", 400, "token_subject"),
        ("/%zz/sessions", 400, "token_subject"),
        ("/%/sessions", 400, "token_subject"),
        ("/%ff/sessions", 400, "token_subject"),
        ("/%00/sessions", 400, "token_subject"),
        (f"/{'x' * 256}/sessions", 400, "token_subject"),
    ],
)
async def test_what_names_nobody_is_refused(door: World, path: str, status: int, code: str) -> None:
    answer = await delete(door, f"/api/v1/subjects{path}")
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_log_out_is_said_by_the_site_alone(world: World) -> None:
    step = await world.mount()
    path = f"/api/v1/subjects/{VERA}/sessions"
    stolen: list[dict[str, str]] = [
        {},
        {"authorization": f"Bearer {world.assertion()}"},
        {"authorization": f"Bearer {step.token}", "origin": SHOP},
    ]
    for headers in stolen:
        answer = await delete(world, path, headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
    assert (await world.send(step, "dismissals")).status == 200


async def test_who_was_never_seen_is_not_stored_for_logging_out(world: World) -> None:
    assert await world.log_out("nobody-we-know") == 204
    assert (await world.person("nobody-we-know")).version == 0


async def test_another_person_stays(world: World) -> None:
    step = await world.mount()
    await world.mount(sub="ben-1234")
    assert await world.log_out("ben-1234") == 204
    assert (await world.send(step, "dismissals")).status == 200


async def test_a_log_out_is_told_and_counted_like_everything_that_happens(world: World) -> None:
    await world.mount()
    await world.log_out()
    assert (await world.happened())[-1] == "logged_out"


async def test_saving_asks_no_more_of_the_database_than_before(world: World) -> None:
    step = await world.mount()
    with world.runtime.database.counting() as counted:
        await world.send(step, "answers", **WORDS)
    assert (counted.reads, counted.transactions) == (0, 1)
