"""The frame of mode b: one ticket, one document, and every form in it works without a script."""

from typing import Any

import pytest

from tests.unit.signing import OURS, SHOP
from tests.unit.world import CLUB, Shown, World

ANSWERS = "fragments/frame/answers"
SHOPS = "https://shop.example https://www.shop.example"


async def opened(world: World, **body: Any) -> Shown:
    return await world.frame(await world.ticket(**body))


def cookie_of(shown: Shown) -> str:
    return shown.headers["set-cookie"].partition(";")[0]


async def test_a_ticket_opens_the_step_that_was_decided(world: World) -> None:
    frame = await opened(world)
    assert (frame.status, frame.heading) == (200, "About your work")
    assert frame.page.root.find(".//title").text == "About your work"  # type: ignore[union-attr]
    assert frame.buttons == ["Save", "Skip for now", "Close"]


async def test_the_headers_of_the_framed_document(world: World) -> None:
    frame = await opened(world)
    scripts = list(frame.page.root.iter("script"))
    nonces = {script.get("nonce") for script in scripts}
    (nonce,) = nonces
    dropped = ("content-length", "set-cookie", "hx-trigger")
    told = {name: value for name, value in frame.headers.items() if name not in dropped}
    assert told == {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": (
            f"default-src 'none'; script-src 'nonce-{nonce}'; script-src-attr 'none'; "
            "style-src 'self'; style-src-attr 'none'; img-src 'self'; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
            f"frame-ancestors {SHOPS}; require-trusted-types-for 'script'; trusted-types htmx"
        ),
        "referrer-policy": "strict-origin",
        "x-robots-tag": "noindex",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "cross-origin",
        "origin-agent-cluster": "?1",
        "permissions-policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=(), "
            "publickey-credentials-get=(), publickey-credentials-create=()"
        ),
        "vary": "HX-Request, Cookie, Accept-Language, Sec-Fetch-Dest",
    }


async def test_every_script_is_ours_and_no_style_stands_in_the_document(world: World) -> None:
    frame = await opened(world)
    for script in frame.page.root.iter("script"):
        assert (script.text, script.get("src", "")[:7]) == (None, "/embed/")
        response = await world.client.get(script.get("src", ""))
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "immutable" in response.headers["cache-control"]
    for element in frame.page.root.iter():
        assert element.tag != "style"
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


async def test_two_documents_have_two_nonces(world: World) -> None:
    one, other = await opened(world), await opened(world)
    policies = {frame.headers["content-security-policy"] for frame in (one, other)}
    assert len(policies) == 2


# The ticket


async def test_a_ticket_is_spent_by_its_first_use(world: World) -> None:
    path = await world.ticket()
    assert (await world.frame(path)).status == 200
    spent = await world.frame(path)
    assert (spent.status, spent.heading) == (410, "This form has expired")
    assert spent.page.all("textbox") == []


async def test_a_page_that_says_so_may_stand_in_the_frame(world: World) -> None:
    spent = await world.frame(f"/v1/frames/{'x' * 43}")
    assert "frame-ancestors *;" in spent.headers["content-security-policy"]


async def test_the_browser_that_spent_it_goes_on_where_the_person_stands(world: World) -> None:
    path = await world.ticket()
    first = await world.frame(path)
    again = await world.frame(path, cookie=cookie_of(first))
    assert again.heading == "About your work"
    await world.in_frame(again, ANSWERS, company="Acme Paper")
    assert (await world.frame(path, cookie=cookie_of(first))).heading == "Your office"


async def test_a_cookie_of_one_ticket_opens_no_other(world: World) -> None:
    cookie = cookie_of(await opened(world))
    other = await world.ticket()
    await world.frame(other)
    assert (await world.frame(other, cookie=cookie)).status == 410


async def test_the_cookie_is_ours_alone(world: World) -> None:
    frame = await opened(world)
    name, _, rest = frame.headers["set-cookie"].partition("=")
    assert name.startswith("__Host-askonce-")
    attributes = rest.split("; ")[1:]
    assert attributes == [
        "Path=/",
        "Max-Age=1800",
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
    ]


@pytest.mark.parametrize("ticket", ["x", "x" * 43, "%00", "%ED%A0%80", "é" * 43, "x" * 5000])
async def test_what_was_never_a_ticket_is_answered_as_a_spent_one(door: World, ticket: str) -> None:
    answer = await door.frame(f"/v1/frames/{ticket}")
    assert answer.status in (400, 404, 410)
    assert door.private.isdisjoint(answer.response.text)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_dest": "document"},
        {"sec_fetch_dest": "empty"},
        {"sec_purpose": "prefetch;prerender"},
        {"sec_purpose": "prefetch"},
    ],
)
async def test_a_ticket_opened_in_the_wrong_place_stays_good(
    door: World, headers: dict[str, str]
) -> None:
    path = await door.ticket()
    refused = await door.frame(path, **headers)
    assert (refused.status, refused.heading) == (403, "This form cannot be shown here")
    assert (await door.frame(path)).status == 200


@pytest.mark.parametrize("referer", [f"{CLUB}/", "https://shop.example.evil.example/", "x"])
async def test_a_page_of_another_origin_shows_no_frame(door: World, referer: str) -> None:
    refused = await door.frame(await door.ticket(), referer=referer)
    assert (refused.status, refused.page.all("textbox")) == (403, [])


@pytest.mark.parametrize("referer", [SHOP, f"{SHOP}/a/page?with=words", ""])
async def test_a_page_of_the_tickets_origin_does(door: World, referer: str) -> None:
    assert (await door.frame(await door.ticket(), referer=referer)).status == 200


@pytest.mark.parametrize(("origin", "status"), [(SHOP, 200), ("null", 200), (CLUB, 403)])
async def test_a_form_may_post_the_ticket_into_a_named_frame(
    door: World, origin: str, status: int
) -> None:
    path = await door.ticket()
    headers = {"origin": origin, "sec-fetch-dest": "iframe"}
    answer = await door.client.post(path, headers=headers)
    assert answer.status_code == status


async def test_nothing_left_to_ask_is_said_in_the_frame(world: World) -> None:
    path = await world.ticket()
    step = await world.mount()
    await world.send(await world.send(step, "answers", company="Acme"), "answers")
    assert (await world.frame(path)).heading == "Nothing to ask"


async def test_a_sandboxs_ticket_brings_its_own_time(world: World) -> None:
    frame = await opened(world, clock=2_000_000_000)
    await world.in_frame(frame, "fragments/frame/skips")
    rests = (await world.person()).progress("work").rests_until or 0
    assert abs(rests / 1000 - 2_000_000_000 - 24 * 60 * 60) < 60


# Its forms


async def test_without_a_script_every_answer_is_a_whole_document(world: World) -> None:
    frame = await opened(world)
    wrong = await world.in_frame(frame, ANSWERS, website="not a website at all")
    assert wrong.status == 422
    assert wrong.is_document
    title = wrong.page.root.find(".//title")
    assert title is not None
    assert title.text == "Error: About your work"
    assert wrong.typed("Website") == "not a website at all"
    assert wrong.problems == [wrong.error("Company"), wrong.error("Website")]
    second = await world.in_frame(wrong, ANSWERS, company="Acme Paper")
    assert second.heading == "Your office"
    done = await world.in_frame(second, ANSWERS, company_size="small")
    assert done.heading == "Thank you"
    assert done.is_document
    assert (await world.answers())["company_size"] == "small"


async def test_with_a_script_it_is_a_fragment_stamped_for_its_own_policy(world: World) -> None:
    frame = await opened(world)
    wrong = await world.in_frame(frame, ANSWERS, scripted=True)
    assert not wrong.is_document
    stamps = {one.get("hx-nonce") for one in wrong.page.root.iter() if one.get("hx-post")}
    (stamp,) = stamps
    assert stamp
    assert f"script-src 'nonce-{stamp}'" in wrong.headers["content-security-policy"]
    assert stamp not in frame.response.text


@pytest.mark.parametrize("action", ["skips", "dismissals"])
@pytest.mark.parametrize("scripted", [True, False])
async def test_a_frame_cannot_go_away_and_says_what_was_done(
    world: World, action: str, scripted: bool
) -> None:
    frame = await opened(world)
    answer = await world.in_frame(frame, f"fragments/frame/{action}", scripted=scripted)
    assert (answer.status, answer.heading) == (200, "Skipped for now")


async def test_a_reload_of_an_answer_saves_nothing_twice(world: World) -> None:
    frame = await opened(world)
    for _ in range(2):
        assert (await world.in_frame(frame, ANSWERS, company="Acme")).heading == "Your office"
    assert (await world.happened()).count("submitted") == 1


async def test_the_editor_works_without_a_script(world: World) -> None:
    await world.send(await world.mount(), "answers", company="Acme Paper")
    path = await world.ticket(view="profile")
    listed = await world.frame(path)
    assert listed.heading == "Your answers"
    form = await world.in_frame(listed, "profile/frame/questions", attribute="company")
    assert form.typed("Company") == "Acme Paper"
    saved = await world.in_frame(form, "profile/frame/answers", company="Acme Press")
    assert "Acme Press" in saved.text
    assert saved.is_document
    cookie = cookie_of(listed)
    assert "Acme Press" in (await world.frame(path, cookie=cookie)).text


async def test_a_form_of_our_frame_is_answered_to_our_own_origin_alone(world: World) -> None:
    frame = await opened(world)
    answer = await world.in_frame(frame, ANSWERS, scripted=True)
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert OURS not in answer.response.text
