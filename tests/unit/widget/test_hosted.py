"""The hosted page of mode e: a ticket opens it, forms carry it on, and a code ends it."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.domain.tokens import Presentation
from tests.unit.signing import OURS, SHOP
from tests.unit.world import STATE, VERA, WELCOME, Shown, World

ANSWERS = "fragments/answers"
SKIPS = "fragments/skips"
DISMISSALS = "fragments/dismissals"
BACK = "https://shop.example/back?from=ask"
MUST = {"on": "click", "name": "must"}


async def opened(world: World, **body: Any) -> Shown:
    return await world.visit(await world.errand(**body))


def way_back(shown: Shown) -> str:
    """Where the page goes by itself."""
    seconds, _, url = shown.headers["refresh"].partition(";url=")
    assert seconds == "0"
    return url


async def told(world: World, url: str, **said: Any) -> dict[str, Any]:
    """What the site's backend learns for the code in an address."""
    query = dict(parse_qsl(urlsplit(url).query))
    answer = await world.tell("results", code=query["code"], **{"state": STATE, **said})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


# What it is


async def test_a_ticket_opens_a_whole_page_of_ours(world: World) -> None:
    page = await opened(world)
    assert (page.status, page.heading) == (200, "About your work")
    assert [one.text for one in page.page.root.iter("h1")] == ["Shop"]
    assert page.buttons == ["Save", "Skip for now", "Close"]
    assert list(page.page.root.iter("script")) == []
    assert "shown" in await world.happened()


async def test_the_headers_of_a_hosted_page(door: World) -> None:
    page = await opened(door)
    dropped = ("content-length", "set-cookie")
    found = {name: value for name, value in page.headers.items() if name not in dropped}
    assert found == {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": (
            "default-src 'none'; style-src 'self'; style-src-attr 'none'; img-src 'self'; "
            "font-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin",
        "x-robots-tag": "noindex",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
        "origin-agent-cluster": "?1",
        "permissions-policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=(), "
            "publickey-credentials-get=(), publickey-credentials-create=()"
        ),
        "vary": "HX-Request, Cookie, Accept-Language, Sec-Fetch-Dest",
    }


async def test_its_sheet_is_served(door: World) -> None:
    page = await opened(door)
    (sheet,) = [one.get("href", "") for one in page.page.root.iter("link")]
    answer = await door.client.get(sheet)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")


async def test_no_form_has_an_attribute_for_a_script(door: World) -> None:
    page = await opened(door)
    names = {name for one in page.page.root.iter() for name in one.attrib}
    assert not [
        name
        for name in names
        if name.startswith(("hx-", "on", "data-ao-f", "data-ao-s")) or name == "style"
    ]


async def test_the_cookie_is_of_this_errand_and_ours_alone(door: World) -> None:
    one, other = await opened(door), await opened(door)
    name, _, rest = one.headers["set-cookie"].partition("=")
    assert name.startswith("__Host-askonce-hosted-")
    assert not other.headers["set-cookie"].startswith(name)
    attributes = rest.split("; ")[1:]
    assert attributes == ["Path=/", "Max-Age=1800", "Secure", "HttpOnly", "SameSite=Lax"]


# To its end, with and without a cookie


async def test_without_a_cookie_each_post_answers_with_the_next_page(world: World) -> None:
    page = await opened(world)
    office = await world.on_page(page, ANSWERS, company="Acme Paper")
    assert (office.status, office.heading) == (200, "Your office")
    end = await world.on_page(office, ANSWERS, company_size="small", seats="12")
    assert (end.status, end.heading) == (200, "Thank you")
    result = await told(world, way_back(end))
    assert result == {
        "sub": VERA,
        "state": STATE,
        "status": "complete",
        "steps": [{"step": "work", "status": "saved"}, {"step": "size", "status": "saved"}],
        "missing": [],
        "answers": {"company": "Acme Paper", "company_size": "small", "seats": 12},
    }


async def test_with_a_cookie_each_post_goes_on_to_a_clean_address(world: World) -> None:
    page = await opened(world)
    saved = await world.on_page(page, ANSWERS, cookie=page.cookie, company="Acme Paper")
    assert (saved.status, saved.headers["referrer-policy"]) == (303, "no-referrer")
    place = saved.headers["location"]
    assert place == "/v1/hosted?flow=" + page.cookie.partition("=")[0].rpartition("-")[2]
    office = await world.visit(place, cookie=saved.cookie)
    assert office.heading == "Your office"
    saved = await world.on_page(office, ANSWERS, cookie=saved.cookie, seats="12")
    end = await world.visit(saved.headers["location"], cookie=saved.cookie)
    assert [step["step"] for step in (await told(world, way_back(end)))["steps"]] == [
        "work",
        "size",
    ]


async def test_a_cookie_of_another_errand_is_none(world: World) -> None:
    page, other = await opened(world), await opened(world)
    assert (await world.on_page(page, ANSWERS, cookie=other.cookie, company="A")).status == 200


async def test_what_is_wrong_comes_back_as_it_was_typed(world: World) -> None:
    page = await opened(world)
    wrong = await world.on_page(page, ANSWERS, cookie=page.cookie, website="not one")
    assert (wrong.status, wrong.typed("Website")) == (422, "not one")
    assert len(wrong.problems) == 2
    assert "autofocus" in wrong.response.text
    assert await world.answers() == {}
    right = await world.on_page(wrong, ANSWERS, company="Acme", website="https://acme.example")
    assert right.heading == "Your office"


async def test_a_skip_goes_back_at_once(world: World) -> None:
    page = await opened(world)
    end = await world.on_page(page, SKIPS)
    assert (end.status, end.heading) == (200, "Skipped for now")
    result = await told(world, way_back(end))
    assert (result["status"], result["steps"]) == (
        "skipped",
        [{"step": "work", "status": "skipped"}],
    )
    assert result["answers"] == {}
    assert (await world.ask(mode="hosted", return_to=WELCOME)).response.json()[
        "decision"
    ] == "nothing"


async def test_closing_it_goes_back_too(world: World) -> None:
    page = await opened(world)
    closed = await world.on_page(page, DISMISSALS, cookie=page.cookie)
    end = await world.visit(closed.headers["location"], cookie=closed.cookie)
    assert (await told(world, way_back(end)))["status"] == "dismissed"


async def test_a_step_that_may_not_be_skipped_is_not(door: World) -> None:
    page = await opened(door, moment=MUST)
    assert page.buttons == ["Save", "Close"]
    assert (await door.on_page(page, SKIPS)).status == 403


async def test_who_has_nothing_to_do_meets_no_page(world: World) -> None:
    first, second = await world.errand(), await world.errand()
    page = await world.visit(first)
    await world.on_page(await world.on_page(page, ANSWERS, company="Acme"), SKIPS)
    back = await world.visit(second)
    assert (back.status, back.response.content) == (303, b"")
    assert back.headers["referrer-policy"] == "no-referrer"
    assert (await told(world, back.headers["location"]))["status"] == "nothing"


async def test_a_query_that_the_address_has_is_kept(door: World) -> None:
    page = await opened(door, return_to=BACK, state="a&b=c #ü")
    url = way_back(await door.on_page(page, SKIPS))
    assert url.startswith(BACK + "&state=")
    query = dict(parse_qsl(urlsplit(url).query))
    assert (query["from"], query["state"]) == ("ask", "a&b=c #ü")
    assert query.keys() == {"from", "state", "code"}


async def test_without_a_state_none_is_sent(door: World) -> None:
    page = await opened(door, state=None)
    url = way_back(await door.on_page(page, SKIPS))
    assert url.startswith(WELCOME + "?code=")
    assert (await told(door, url, state=None))["state"] is None


async def test_no_address_on_the_way_holds_a_credential_that_is_good(world: World) -> None:
    """The ticket's is spent when it is shown, the code's is for a backend that proves itself."""
    path = await world.errand()
    page = await world.visit(path)
    assert path.rpartition("/")[2] not in page.response.text
    saved = await world.on_page(page, ANSWERS, cookie=page.cookie, company="Acme")
    assert page.field("_f") not in saved.headers["location"]
    assert VERA not in saved.headers["location"]


# Twice is once


async def test_the_same_form_twice_is_saved_once(world: World) -> None:
    page = await opened(world)
    changes = []
    for _ in range(2):
        assert (await world.on_page(page, ANSWERS, company="Acme")).heading == "Your office"
        changes.append(await world.changes())
    assert changes[0] == changes[1] > 0


async def test_a_reload_shows_where_one_stands(world: World) -> None:
    path = await world.errand()
    page = await world.visit(path)
    saved = await world.on_page(page, ANSWERS, cookie=page.cookie, company="Acme")
    assert (await world.visit(path, cookie=saved.cookie)).heading == "Your office"
    assert (
        await world.visit(saved.headers["location"], cookie=saved.cookie)
    ).heading == "Your office"


async def test_what_was_done_on_another_page_of_the_errand_is_not_forgotten(world: World) -> None:
    """Back to the first form, a correction, and on."""
    page = await opened(world)
    saved = await world.on_page(page, ANSWERS, cookie=page.cookie, company="Acme")
    office = await world.visit(saved.headers["location"], cookie=saved.cookie)
    saved = await world.on_page(office, ANSWERS, cookie=saved.cookie, seats="3")
    again = await world.on_page(page, ANSWERS, cookie=saved.cookie, company="Acme Paper")
    end = await world.visit(again.headers["location"], cookie=again.cookie)
    result = await told(world, way_back(end))
    assert result["steps"] == [
        {"step": "size", "status": "saved"},
        {"step": "work", "status": "saved"},
    ]
    assert result["answers"]["company"] == "Acme Paper"


async def test_who_comes_back_after_the_end_is_not_sent_away_again(world: World) -> None:
    page = await opened(world)
    saved = await world.on_page(page, SKIPS, cookie=page.cookie)
    end = await world.visit(saved.headers["location"], cookie=saved.cookie)
    later = await world.visit(saved.headers["location"], cookie=end.cookie)
    assert (later.status, later.heading) == (200, "Skipped for now")
    assert "refresh" not in later.headers
    assert later.buttons == ["Continue to Shop"]
    once_more = await world.on_page(later, "flow/returns", cookie=end.cookie)
    assert (await told(world, way_back(once_more)))["status"] == "skipped"


async def test_a_spent_ticket_without_a_cookie_says_what_to_do(world: World) -> None:
    path = await world.errand()
    await world.visit(path)
    spent = await world.visit(path)
    assert (spent.status, spent.heading) == (410, "This page is no longer good")
    assert "Go back to the site you came from" in spent.text
    assert spent.page.all("textbox") == []


@pytest.mark.parametrize(
    "path", ["", "?flow=", "?flow=nobody", "?flow=%00", "/x", "/4", f"/{'x' * 43}"]
)
async def test_what_was_never_an_errand_is_answered_as_a_spent_one(door: World, path: str) -> None:
    answer = await door.visit(f"/v1/hosted{path}")
    assert (answer.status, answer.heading) == (410, "This page is no longer good")


async def test_leaving_a_step_unanswered_completes_nothing(door: World) -> None:
    page = await opened(door, moment=MUST)
    end = await door.on_page(page, "flow/returns")
    result = await told(door, way_back(end))
    assert (result["status"], result["steps"]) == ("dismissed", [])


# Time


async def test_after_half_an_hour_it_still_saves_and_shows_nothing_of_the_person(
    world: World,
) -> None:
    page = await opened(
        world, moment={"on": "click", "name": "names"}, traits={"given_name": "Vera"}
    )
    assert page.typed("First name") == "Vera"
    old = world.aged(page, timedelta(minutes=31))
    saved = await world.on_page(old, ANSWERS, cookie=page.cookie, given_name="Verena")
    assert (saved.status, saved.heading) == (200, "Thank you")
    assert "Verena" not in saved.response.text
    assert (await world.answers())["given_name"] == "Verena"


async def test_after_a_day_the_form_is_over(door: World) -> None:
    page = await opened(door)
    late = await door.on_page(door.aged(page, timedelta(hours=25)), ANSWERS, company="Acme")
    assert (late.status, late.heading) == (401, "This page is no longer good")


async def test_a_step_that_changed_meanwhile_comes_back_as_it_is_asked_now(world: World) -> None:
    await world.publishes(**{"skip: {snooze: [1d], then: stop}": "skip: false"})
    page = await opened(world)
    assert page.buttons == ["Save", "Close"]


# The editor


async def test_the_editor_is_a_page_with_a_way_back(world: World) -> None:
    page = await opened(world, view="profile", traits={"given_name": "Vera"})
    assert (page.heading, page.buttons[-1]) == ("Your answers", "Continue to Shop")
    form = await world.on_page(page, "profile/questions", attribute="given_name")
    assert form.typed("First name") == "Vera"
    listed = await world.on_page(form, "profile/answers", given_name="Verena")
    assert "Your change is saved." in listed.text
    end = await world.on_page(listed, "flow/returns")
    assert (await told(world, way_back(end)))["status"] == "complete"
    assert (await world.answers())["given_name"] == "Verena"


async def test_the_editor_goes_on_to_a_clean_address(world: World) -> None:
    page = await opened(world, view="profile", traits={"given_name": "Vera"})
    form = await world.on_page(
        page, "profile/questions", cookie=page.cookie, attribute="given_name"
    )
    gone = await world.on_page(form, "profile/removals", cookie=page.cookie)
    assert gone.status == 303
    listed = await world.visit(gone.headers["location"], cookie=gone.cookie)
    assert "The answer is cleared." in listed.text
    assert "given_name" not in await world.answers()


# Who is refused


async def test_a_log_out_ends_the_errand(world: World) -> None:
    path, page = await world.errand(), await opened(world)
    assert await world.log_out() == 204
    assert (await world.visit(path)).status == 401
    for place in (ANSWERS, SKIPS, "flow/returns"):
        late = await world.on_page(page, place, company="Acme")
        assert (late.status, late.heading) == (401, "This page is no longer good")
    assert (
        await world.visit("/v1/hosted?flow=" + page.cookie[22:38], cookie=page.cookie)
    ).status == 401
    assert await world.answers() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_dest": "iframe"},
        {"sec_fetch_dest": "empty"},
        {"sec_fetch_dest": "image"},
        {"sec_purpose": "prefetch"},
        {"sec_purpose": "prefetch;prerender"},
    ],
)
async def test_a_ticket_that_nobody_looks_at_stays_good(
    door: World, headers: dict[str, str]
) -> None:
    path = await door.errand()
    assert (await door.visit(path, **headers)).status == 403
    assert (await door.visit(path)).status == 200


async def test_a_ticket_of_one_mode_opens_no_other(door: World) -> None:
    hosted, frame = await door.errand(), await door.ticket()
    assert (await door.visit(frame.replace("frames", "hosted"))).status == 410
    assert (await door.frame(hosted.replace("hosted", "frames"))).status == 410
    assert (await door.frame(frame)).status == 200
    assert (await door.visit(hosted)).status == 200


PLACES: list[tuple[Presentation, str]] = [
    ("2", "/v1/sites/acme.shop/fragments/2/answers"),
    ("4", "/v1/sites/acme.shop/fragments/4/answers"),
    ("frame", "/v1/sites/acme.shop/fragments/frame/answers"),
]


@pytest.mark.parametrize(("presentation", "path"), PLACES)
async def test_a_form_of_ours_is_good_at_its_own_address_alone(
    door: World, presentation: Presentation, path: str
) -> None:
    page = await opened(door)
    sent = {"_t": page.token, "_f": page.field("_f"), "company": "Acme"}
    origin = OURS if presentation == "frame" else SHOP
    answer = await door.post(path, sent, origin=origin)
    assert answer.events["askonce-error"]["status"] == "403"
    assert await door.answers() == {}


async def test_a_form_of_a_frame_is_not_one_of_ours(door: World) -> None:
    page, frame = await opened(door), await door.frame(await door.ticket())
    assert (await door.on_page(page, ANSWERS, _t=frame.token, company="Acme")).status == 403
    assert await door.answers() == {}


async def test_a_form_belongs_to_its_errand(door: World) -> None:
    page, other = await opened(door), await opened(door, sub="somebody-else")
    mixed = await door.on_page(page, ANSWERS, _f=other.field("_f"), company="Acme")
    assert (mixed.status, mixed.headers["askonce-refusal"]) == (403, "flow_mismatch")
    for wrong in ("", "x", page.token, "A" * 20_000):
        assert (await door.on_page(page, ANSWERS, _f=wrong, company="Acme")).status == 401
    assert await door.answers() == {}


@pytest.mark.parametrize("origin", [SHOP, "null", "https://evil.example"])
async def test_a_form_is_posted_by_our_own_page(door: World, origin: str) -> None:
    page = await opened(door)
    sent = {"_t": page.token, "_f": page.field("_f"), "company": "Acme"}
    for place in (ANSWERS, "flow/returns"):
        path = f"/v1/hosted/sites/acme.shop/{place}"
        answer = await door.client.post(path, data=sent, headers={"origin": origin})
        assert answer.status_code == 403
        assert "refresh" not in answer.headers
    assert await door.answers() == {}


async def test_a_site_that_has_no_such_pages_any_more_answers_none(world: World) -> None:
    page, path = await opened(world), await world.errand()
    await world.publishes(**{"htmx, include, hosted]": "htmx, include]"})
    assert (await world.visit(path)).status == 403
    assert (await world.on_page(page, ANSWERS, company="Acme")).status == 403
    assert await world.answers() == {}


async def test_an_address_that_is_no_longer_listed_is_not_gone_to(world: World) -> None:
    page = await opened(world)
    await world.publishes(**{"https://shop.example/welcome,": "https://shop.example/elsewhere,"})
    end = await world.on_page(page, SKIPS)
    assert (end.status, end.headers["askonce-refusal"]) == (403, "return_url")
    assert WELCOME not in end.response.text


async def test_no_other_site_is_told_that_it_may_ask(door: World) -> None:
    page = await door.visit(await door.errand(), origin=SHOP)
    assert not any(name.startswith("access-control") for name in page.headers)


async def test_what_is_said_of_a_site_in_its_language(door: World) -> None:
    for locale, word in (("de", "Speichern"), ("ar", "حفظ")):
        page = await opened(door, locale=locale)
        assert page.page.root.get("lang") == locale
        assert page.buttons[0] == word
