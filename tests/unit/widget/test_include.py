"""Mode d: a backend fetches the form for its own page, and relays what its browser posted."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from app.domain import subjects
from app.domain.api_keys import ApiKey, create_key
from app.domain.backchannel import Scope
from app.domain.tokens import Purpose, StepToken, open_token
from app.lib.db import Database
from app.lib.sealing import Keyring
from tests.unit.world import Fetched, World, document, open_world, publish_document

NAMES = {"on": "click", "name": "names"}


async def test_a_backend_gets_the_step_that_was_decided(world: World) -> None:
    step = await world.fetch()
    assert step.status == 200
    assert step.answer.keys() == {"html", "status", "state", "events"}
    assert (step.answer["status"], step.state) == (200, "asked")
    assert step.heading == "About your work"
    assert step.buttons == ["Save", "Skip for now", "Close"]
    assert step.headers["cache-control"] == "no-store"
    assert step.headers["content-type"] == "application/json"


async def test_the_forms_post_to_the_host_and_need_no_script(world: World) -> None:
    step = await world.fetch(action="/a?b=1&c=2")
    forms = list(step.page.root.iter("form"))
    assert [(one.get("method"), one.get("action")) for one in forms] == [("post", "/a?b=1&c=2")] * 3
    for element in step.page.root.iter():
        assert element.tag not in ("script", "style", "link", "iframe", "img")
        assert not [name for name in element.attrib if name.startswith(("hx-", "on", "style"))]
    assert "https://ask" not in step.answer["html"]


async def test_two_fragments_of_one_page_share_no_id(world: World) -> None:
    one, other = [await world.fetch() for _ in range(2)]
    assert one.page.ids.keys().isdisjoint(other.page.ids)


async def test_each_fragment_brings_the_root_that_its_styles_need(world: World) -> None:
    step = await world.fetch()
    wrong = await world.relay(step, company="")
    done = await world.relay(step, "Skip for now")
    for shown in (step, wrong, done):
        roots = [one for one in shown.page.root.iter() if one.get("class") == "ao-root"]
        assert [one.get("lang") for one in roots] == ["en"]


async def test_a_page_that_was_not_asked_for_takes_no_focus_and_an_answer_does(
    world: World,
) -> None:
    step = await world.fetch()
    assert "autofocus" not in step.answer["html"]
    wrong = await world.relay(step, company="")
    focused = [one for one in wrong.page.root.iter() if "autofocus" in one.attrib]
    assert [one.get("class") for one in focused] == ["ao-error-summary"]


# What its forms do


async def test_answers_are_saved_and_the_next_step_follows(world: World) -> None:
    step = await world.fetch()
    second = await world.relay(step, company="Acme Paper", website=["acme.example"])
    assert (second.answer["status"], second.state, second.heading) == (200, "saved", "Your office")
    assert second.events["askonce-saved"]["status"] == "saved"
    assert second.events["askonce-prompted"]["step"] == "size"
    assert await world.answers() == {"company": "Acme Paper", "website": "https://acme.example/"}


async def test_after_the_last_step_comes_thanks(world: World) -> None:
    second = await world.relay(await world.fetch(), company="Acme Paper")
    done = await world.relay(second, company_size="small")
    assert (done.state, done.heading) == ("complete", "Thank you")
    assert "Thank you, that helps." in done.text
    nothing = await world.fetch()
    assert (nothing.state, nothing.answer["html"], nothing.answer["status"]) == ("nothing", "", 200)


async def test_wrong_input_is_kept_and_said_in_the_same_words_twice(world: World) -> None:
    wrong = await world.relay(await world.fetch(), company="", website="not a website at all")
    assert (wrong.status, wrong.answer["status"], wrong.state) == (200, 422, "invalid")
    assert wrong.typed("Website") == "not a website at all"
    assert wrong.problems == [wrong.error("Company"), wrong.error("Website")]
    assert await world.answers() == {}
    assert (await world.relay(wrong, company="Acme")).state == "saved"


async def test_a_step_is_skipped_and_rests(world: World) -> None:
    skipped = await world.relay(await world.fetch(), "Skip for now", company="half typed")
    assert (skipped.state, skipped.heading) == ("skipped", "Skipped for now")
    assert (await world.person()).progress("work").rests_until
    assert (await world.fetch()).state == "nothing"


async def test_a_step_is_closed_for_this_sitting(world: World) -> None:
    closed = await world.relay(await world.fetch(), "Close")
    assert (closed.state, closed.answer["html"], closed.answer["status"]) == ("dismissed", "", 200)
    assert (await world.fetch()).state == "nothing"
    assert (await world.fetch(sid="another sitting")).state == "asked"


async def test_what_was_put_into_a_page_counts_as_seen(world: World) -> None:
    step = await world.fetch()
    assert await world.happened() == ["logged_in", "shown"]
    await world.fetch()
    assert await world.happened() == ["logged_in", "shown"]
    await world.relay(step, company="Acme")
    assert await world.happened() == ["logged_in", "shown", "submitted", "shown"]


async def test_a_repeated_fetch_in_one_sitting_writes_nothing(world: World) -> None:
    await world.fetch()
    with world.runtime.database.counting() as counted:
        await world.fetch()
    assert counted.transactions == 0


@pytest.mark.parametrize("button", ["Save", "Skip for now", "Close"])
async def test_a_form_relayed_twice_is_done_once(world: World, button: str) -> None:
    step = await world.fetch()
    one, other = [await world.relay(step, button, company="Acme") for _ in range(2)]
    assert one.state == other.state
    done = [kind for kind in await world.happened() if kind not in ("logged_in", "shown")]
    assert len(done) == 1


async def test_a_form_relayed_twice_at_once_is_done_once(world: World) -> None:
    step = await world.fetch()
    both = [world.relay(step, company="Acme", website="acme.example") for _ in range(2)]
    assert [one.state for one in await asyncio.gather(*both)] == ["saved", "saved"]
    assert (await world.happened()).count("submitted") == 1
    assert await world.changes() == 2


async def test_the_host_s_own_fields_are_ignored_and_counted(
    world: World, logged: list[str]
) -> None:
    step = await world.fetch()
    saved = await world.relay(step, company="Acme", csrf_token="of the host", nickname="not asked")
    assert saved.state == "saved"
    assert set(await world.answers()) == {"company", "website"}
    assert '"ignored_fields":2' in logged[-1]


async def test_what_the_site_tells_counts_as_with_a_ticket(world: World) -> None:
    step = await world.fetch(traits={"given_name": "Vera", "company": "not supplied"}, moment=NAMES)
    assert step.heading == "Your names"
    assert await world.answers() == {"given_name": "Vera"}
    assert step.typed("First name") == "Vera"


async def test_the_words_are_the_person_s(world: World) -> None:
    step = await world.fetch(locale="ar")
    assert [one.get("dir") for one in step.page.root.iter() if one.get("class") == "ao-root"] == [
        "rtl"
    ]
    assert (await world.fetch(locale="de-AT")).heading == "Über Ihre Arbeit"


async def test_a_sandbox_s_time_goes_on_in_its_forms(world: World) -> None:
    step = await world.fetch(clock=2_000_000_000)
    await world.relay(step, "Skip for now")
    rests = (await world.person()).progress("work").rests_until or 0
    assert abs(rests / 1000 - 2_000_000_000 - 24 * 60 * 60) < 60


# The profile editor


async def opened(world: World) -> Fetched:
    """The form of Vera's company."""
    await world.relay(await world.fetch(), company="Acme Paper")
    listed = await world.fetch(view="profile")
    assert (listed.state, listed.heading) == ("asked", "Your answers")
    assert "Acme Paper" in listed.text
    return await world.relay(listed, "Edit Company")


async def test_an_answer_is_changed_in_the_editor(world: World) -> None:
    form = await opened(world)
    assert (form.heading, form.typed("Company")) == ("Change your answer", "Acme Paper")
    wrong = await world.relay(form, company="x" * 101)
    assert (wrong.answer["status"], wrong.state) == (422, "invalid")
    saved = await world.relay(wrong, company="Acme Press")
    assert (saved.state, saved.heading) == ("saved", "Your answers")
    assert "Acme Press" in saved.text


async def test_an_answer_is_cleared_and_an_edit_given_up(world: World) -> None:
    form = await opened(world)
    listed = await world.relay(form, "Cancel", company="half typed")
    assert (listed.state, listed.heading) == ("asked", "Your answers")
    cleared = await world.relay(form, "Clear this answer")
    assert cleared.state == "cleared"
    assert "Acme Paper" not in cleared.text


# Time


async def test_a_form_of_yesterday_says_that_it_has_expired(world: World) -> None:
    step = aged(world, await world.fetch(), timedelta(hours=25))
    expired = await world.relay(step, company="Acme")
    assert (expired.status, expired.answer["status"], expired.state) == (200, 409, "expired")
    assert expired.heading == "This form has expired"
    assert await world.answers() == {}


async def test_a_form_from_before_a_log_out_has_expired(world: World) -> None:
    step = await world.fetch()
    await world.log_out()
    for button in ("Save", "Skip for now", "Close"):
        expired = await world.relay(step, button, company="Acme")
        assert (expired.answer["status"], expired.state) == (409, "expired")
    assert await world.answers() == {}


async def test_a_stale_form_saves_and_shows_no_personal_value(world: World) -> None:
    await world.fetch(traits={"given_name": "Vera"})
    step = aged(world, await world.fetch(moment=NAMES), timedelta(minutes=31))
    wrong = await world.relay(step, given_name="", nickname="x" * 20_000)
    assert wrong.state == "invalid"
    assert "Vera" not in wrong.answer["html"]
    saved = await world.relay(step, given_name="Vera", nickname="V")
    assert "Vera" not in saved.answer["html"]
    assert (await world.answers())["nickname"] == "V"


async def test_a_stale_editor_lists_nothing(world: World) -> None:
    listed = await opened(world)
    form = aged(world, listed, timedelta(minutes=31), "editor")
    saved = await world.relay(form, company="Acme Press")
    assert (saved.state, saved.heading) == ("saved", "Saved")
    assert "Acme" not in saved.answer["html"]
    again = aged(world, await world.fetch(view="profile"), timedelta(minutes=31), "editor")
    assert (await world.relay(again, "Edit Company")).state == "expired"


def aged(world: World, fetched: Fetched, age: timedelta, purpose: Purpose = "step") -> Fetched:
    """The same page as if it had been open for that long."""
    return Fetched(world.aged(fetched, age, purpose).response)


async def test_a_form_of_another_release_is_asked_anew_with_what_was_typed(
    world: World, database: Database, database_url: str
) -> None:
    step = await world.fetch()
    words = {"{kind: text, label: {en: Company, de: Unternehmen}": "{kind: url, label: Company"}
    await publish_document(
        database, document(**words, **{"rules: {length: {max: 100}}}": "rules: {}}"})
    )
    async with open_world(database_url, private=world.private) as later:
        changed = await later.relay(step, company="not a website at all")
        assert (changed.answer["status"], changed.state) == (409, "changed")
        assert changed.typed("Company") == "not a website at all"
        assert (await later.relay(changed, company="acme.example")).state == "saved"


# What is too much


async def test_what_is_too_much_for_a_person_s_row_stays_in_the_form(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = await world.fetch()
    monkeypatch.setattr(subjects, "HARD_LIMIT", 500)
    refused = await world.relay(step, company="Acme")
    assert (refused.status, refused.answer["status"], refused.state) == (200, 413, "too_much")
    assert refused.typed("Company") == "Acme"
    monkeypatch.undo()
    assert (await world.relay(refused, company="Acme")).state == "saved"


async def test_a_long_text_is_wrong_and_stays(world: World) -> None:
    wrong = await world.relay(await world.fetch(), company="字" * 40_000)
    assert (wrong.answer["status"], wrong.state) == (422, "invalid")
    assert wrong.typed("Company") == "字" * 40_000


async def test_more_than_any_form_holds_is_refused(door: World) -> None:
    step = await door.fetch()
    refused = await door.relay(step, company="x" * 600_000)
    assert (refused.status, refused.code) == (413, "body_size")
    many = {f"field{number}": ["", ""] for number in range(251)}
    refused = await door.fetch(submit={**step.sends("Save"), **many})
    assert (refused.status, refused.code) == (413, "body_fields")


# Who is refused


def changed(**members: Any) -> Callable[[World, StepToken], str]:
    """A token that we sealed, and that says something else."""
    return lambda world, token: world.sealed(msgspec.structs.replace(token, **members))


def by_a_stranger(_: World, token: StepToken) -> str:
    ring = Keyring.from_secrets(("somebody else's secret, long enough too",))
    return ring.seal(f"token/1/{token.purpose}", msgspec.msgpack.encode(token))


def said(text: str) -> Callable[[World, StepToken], str]:
    return lambda _world, _token: text


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        (changed(subject="ben-1"), 403, "token_subject_mismatch"),
        (changed(site="acme.club"), 403, "token_site"),
        (changed(site="other.shop"), 403, "token_site"),
        (changed(presentation="4"), 403, "token_mode"),
        (changed(presentation="frame"), 403, "token_mode"),
        (changed(presentation="hosted"), 403, "token_mode"),
        (changed(purpose="editor"), 400, "form_unreadable"),
        (changed(purpose="frame"), 400, "form_unreadable"),
        (by_a_stranger, 400, "form_unreadable"),
        (said(""), 400, "form_unreadable"),
        (said("x" * 3000), 400, "form_unreadable"),
    ],
)
async def test_a_form_that_is_not_this_person_s_here_is_refused(
    door: World, token: Callable[[World, StepToken], str], status: int, code: str
) -> None:
    step = await door.fetch()
    opened = open_token(door.keyring, step.token, "step", datetime.now(UTC))
    refused = await door.relay(step, _t=token(door, opened), company="Acme")
    assert (refused.status, refused.code) == (status, code)
    assert refused.answer.keys() == {"error", "message", "docs"}
    assert await door.answers() == {}
    assert await door.happened() == ["logged_in", "shown"]


@pytest.mark.parametrize("button", ["Save", "Skip for now", "Close"])
async def test_a_stranger_s_form_does_nothing_to_who_is_signed_in(
    world: World, button: str
) -> None:
    planted = await world.fetch(sub="mallory")
    await world.fetch()
    refused = await world.relay(planted, button, company="Mallory's")
    assert (refused.status, refused.code) == (403, "token_subject_mismatch")
    assert await world.answers() == await world.answers("mallory") == {}
    assert set(await world.happened()) == {"logged_in", "shown"}


async def test_an_editor_of_one_person_edits_nobody_else(world: World) -> None:
    form = await opened(world)
    refused = await world.fetch(sub="mallory", submit=form.sends("Save") | {"company": "Mine"})
    assert refused.code == "token_subject_mismatch"
    assert (await world.answers())["company"] == "Acme Paper"


async def test_a_person_of_each_site_alone_is_told_apart_too(
    database: Database, database_url: str, private: set[str]
) -> None:
    own = document().replace("workspace: acme\n", "workspace: acme\nsubjects: own\n")
    await publish_document(database, own)
    async with open_world(database_url, private=private) as world:
        assert (await world.relay(await world.fetch(), company="Acme")).state == "saved"


async def test_a_form_of_another_mode_opens_nothing_here_nor_one_of_here_there(
    door: World,
) -> None:
    mounted = await door.mount()
    refused = await door.fetch(submit={"_t": mounted.token, "_do": "fragments/answers"})
    assert (refused.status, refused.code) == (403, "token_mode")
    step = await door.fetch()
    assert (await door.send(step, "answers", company="Acme")).status == 403
    in_frame = await door.in_frame(step, "fragments/frame/answers", company="Acme")
    assert in_frame.status == 403
    path = "/v1/sites/acme.shop/fragments/include/answers"
    assert (await door.post(path, {"_t": step.token, "company": "Acme"})).status == 404
    assert await door.answers() == {}


@pytest.mark.parametrize("does", ["", "answers", "fragments/prompts", "fragments/../x", "profile"])
async def test_a_form_that_does_nothing_we_know_is_refused(door: World, does: str) -> None:
    refused = await door.relay(await door.fetch(), _do=does, company="Acme")
    assert (refused.status, refused.code) == (400, "form_unreadable")


async def test_a_step_that_may_not_be_skipped_is_not(door: World) -> None:
    step = await door.fetch(moment={"on": "click", "name": "must"})
    assert "Skip for now" not in step.buttons
    refused = await door.relay(step, _do="fragments/skips")
    assert (refused.status, refused.code) == (403, "not_skippable")


async def test_what_may_not_be_edited_is_not(door: World) -> None:
    await door.fetch(traits={"plan": "pro"})
    listed = await door.fetch(view="profile")
    fields = {"_t": listed.token, "_do": "profile/questions", "attribute": "plan"}
    refused = await door.fetch(submit=fields)
    assert (refused.status, refused.code) == (403, "not_editable")


@pytest.mark.parametrize(
    "action",
    [
        "/",
        "/letter",
        "/a/b?c=d&e=%20#f",
        "https://shop.example",
        "https://shop.example/x?y",
        "https://www.shop.example/x",
    ],
)
async def test_a_form_may_post_to_the_host_s_own_addresses(door: World, action: str) -> None:
    step = await door.fetch(action=action)
    assert {one.get("action") for one in step.page.root.iter("form")} == {action}


@pytest.mark.parametrize(
    "action",
    [
        "",
        "letter",
        "?x",
        "//evil.example/x",
        "/\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "https://evil.example/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://shop.example:8443/",
        "https://shop.example\\@evil.example/",
        "http://shop.example/",
        "https://club.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/" + "x" * 3000,
    ],
)
async def test_no_form_posts_to_a_stranger(door: World, action: str) -> None:
    refused = await door.fetch(action=action)
    assert (refused.status, refused.code) == (403, "action_place")
    step = await door.fetch()
    refused = await door.fetch(action=action, submit=step.sends("Save"))
    assert refused.code == "action_place"


async def test_quotes_in_an_address_stay_in_it(door: World) -> None:
    step = await door.fetch(action='/x?"><script>alert(1)</script>')
    assert {one.get("action") for one in step.page.root.iter("form")} == {
        '/x?"><script>alert(1)</script>'
    }
    wrong = await door.fetch(action="/x?'\"><b>", submit=step.sends("Save"))
    assert {one.get("action") for one in wrong.page.root.iter("form")} == {"/x?'\"><b>"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": None}, 400, "request_body"),
        ({"action": 7}, 400, "request_body"),
        ({"sub": None}, 400, "request_body"),
        ({"sub": ""}, 400, "token_subject"),
        ({"sub": "a\nb"}, 400, "token_subject"),
        ({"site": "acme.club"}, 401, "unauthorized"),
        ({"view": "all"}, 400, "request_body"),
        ({"mode": "include"}, 400, "request_body"),
        ({"auth_time": 2**40}, 400, "token_auth_time"),
        ({"moment": {"on": "never"}}, 400, "unknown_moment"),
        ({"moment": {"at": "x"}}, 400, "unknown_moment"),
        ({"submit": []}, 400, "request_body"),
        ({"submit": {"company": 1}}, 400, "request_body"),
        ({"submit": {"company": [None]}}, 400, "request_body"),
        ({"submit": {"company": {"a": "b"}}}, 400, "request_body"),
        ({"submit": {}}, 400, "form_unreadable"),
        ({"submit": {"_t": []}}, 400, "form_unreadable"),
        ({"submit": {"_t": "x"}, "moment": {"on": "login"}}, 400, "request_body"),
        ({"submit": {"company": "a\x00b"}}, 400, "body_json"),
    ],
)
async def test_a_wrong_request_is_said_to_its_author(
    door: World, body: dict[str, Any], status: int, code: str
) -> None:
    refused = await door.fetch(**body)
    assert (refused.status, refused.code) == (status, code)
    assert refused.headers["cache-control"] == "no-store"
    assert (await door.person()).version == 0


async def test_claims_that_no_form_could_carry_are_said_to_be_wrong(
    sqlite_url: str, private: set[str]
) -> None:
    database = Database(sqlite_url)
    await database.open()
    told = {"audience: {known: company}": "audience: {claim: tier, equals: pro}"}
    await publish_document(database, document(**told))
    async with open_world(sqlite_url, private=private) as world:
        refused = await world.fetch(claims={"tier": "x" * 3000})
    assert (refused.status, refused.code) == (400, "unknown_moment")
    await database.close()


async def test_a_site_without_this_mode_fetches_nothing(door: World) -> None:
    refused = await door.fetch("acme.club")
    assert (refused.status, refused.code) == (403, "token_mode")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x.y.z", "Basic dmVyYTp4"])
async def test_who_is_not_the_site_s_backend_fetches_nothing(
    door: World, authorization: str
) -> None:
    refused = await door.fetch(headers={"authorization": authorization})
    assert (refused.status, refused.code) == (401, "unauthorized")
    assert (await door.person()).version == 0


async def test_an_assertion_of_a_page_fetches_nothing(door: World) -> None:
    refused = await door.fetch(headers={"authorization": f"Bearer {door.assertion()}"})
    assert (refused.status, refused.code) == (401, "unauthorized")


async def test_no_page_may_ask_for_a_fragment_across_origins(door: World) -> None:
    fetched = await door.fetch(headers={"origin": "https://shop.example"})
    assert not any(name.startswith("access-control") for name in fetched.headers)


@pytest.mark.parametrize(
    ("scopes", "status", "state"), [(("fragments",), 200, "asked"), (("tickets",), 403, None)]
)
async def test_an_api_key_fetches_where_it_was_made_for_that(
    world: World, scopes: tuple[Scope, ...], status: int, state: str | None
) -> None:
    key = ApiKey("", "acme", "shop", scopes, "", world.runtime.now())
    _, text = await world.database.write(create_key, key)
    world.keep(text[-43:])
    fetched = await world.fetch(headers={"authorization": f"Bearer {text}"})
    assert (fetched.status, fetched.answer.get("state")) == (status, state)
