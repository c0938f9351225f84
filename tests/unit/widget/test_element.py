"""The element's frame: an assertion is exchanged once, moments follow, a form can be renewed."""

import secrets
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.signing import CLUBS, OURS, SHOP
from tests.unit.world import CLUB, Shown, World, document, publish_document

NONCE = "a nonce that a frame has made"
PLACE = "/v1/sites/acme.shop"


def said(world: World, **claims: Any) -> str:
    """An assertion for an element, each of its own use."""
    facts = {"mode": "element", "nonce": NONCE, "jti": secrets.token_hex(16)}
    return world.assertion(**{**facts, **claims})


async def post(
    world: World, action: str, fields: dict[str, str], *, origin: str | None = OURS
) -> Shown:
    """What our own frame's script posts, or a page of another origin."""
    sent = {"hx-request": "true", **({"origin": origin} if origin else {})}
    answer = await world.client.post(f"{PLACE}/{action}", data=fields, headers=sent)
    return Shown(answer)


async def exchange(world: World, assertion: str = "", **fields: str) -> Shown:
    told = {"assertion": assertion or said(world), "nonce": NONCE, "embedder": SHOP, "on": "login"}
    return await post(world, "exchange", {**told, **fields})


async def test_the_frame_is_empty_and_nobodys(world: World) -> None:
    frame = await world.frame(f"{PLACE}/frame?locale=de")
    assert (frame.status, frame.is_document, frame.page.root.get("lang")) == (200, True, "de")
    assert (frame.buttons, frame.page.all("form")) == ([], [])
    assert "frame-ancestors https://shop.example" in frame.headers["content-security-policy"]
    assert frame.headers["cache-control"] == "no-store"


async def test_an_assertion_is_exchanged_for_the_step(world: World) -> None:
    shown = await exchange(world)
    assert (shown.status, shown.heading) == (200, "About your work")
    assert shown.events["askonce-prompted"]["step"] == "work"
    assert not shown.is_document


async def test_an_exchanged_step_is_answered(world: World) -> None:
    shown = await exchange(world)
    after = await world.in_frame(shown, "fragments/frame/answers", scripted=True, company="Acme")
    assert (after.status, after.heading) == (200, "Your office")
    assert (await world.answers())["company"] == "Acme"


async def test_an_assertion_is_good_for_one_exchange(world: World) -> None:
    assertion = said(world)
    assert (await exchange(world, assertion)).status == 200
    again = await exchange(world, assertion)
    assert (again.status, again.heading) == (401, "This form has expired")


async def test_nothing_to_ask_leaves_the_frame_empty(world: World) -> None:
    shown = await exchange(world, on="event", name="nobody waits for")
    assert (shown.status, shown.response.text) == (204, "")
    assert "askonce-nothing" in shown.events


async def test_a_later_moment_needs_no_assertion(world: World) -> None:
    visit = (await exchange(world)).headers["askonce-visit"]
    shown = await post(world, "moments", {"visit": visit, "on": "click", "name": "names"})
    assert (shown.status, shown.heading) == (200, "Your names")
    assert shown.headers["askonce-visit"] != visit


async def test_what_is_pressed_may_name_a_step(world: World) -> None:
    changed = document(**{"{on: click, name: must}": "{on: request}"})
    await publish_document(world.database, changed)
    await world.runtime.releases.poll()
    visit = (await exchange(world)).headers["askonce-visit"]
    shown = await post(world, "moments", {"visit": visit, "on": "click", "name": "must"})
    assert (shown.status, shown.heading) == (200, "One thing")
    for name in ("phone", "nothing"):  # a step of another site, and none
        shown = await post(world, "moments", {"visit": visit, "on": "click", "name": name})
        assert (shown.status, list(shown.events)) == (204, ["askonce-nothing"])


async def test_claims_that_come_once_are_kept(world: World) -> None:
    visit = (await exchange(world)).headers["askonce-visit"]
    assertion = said(world, traits={"given_name": "Vera"})
    await exchange(world, assertion, on="click", name="names")
    assert (await world.answers())["given_name"] == "Vera"
    shown = await post(world, "moments", {"visit": visit, "on": "click", "name": "names"})
    assert shown.typed("First name") == "Vera"


async def test_the_editor_opens_in_an_element(world: World) -> None:
    await exchange(world, said(world, traits={"given_name": "Vera"}))
    shown = await exchange(world, on="request", view="profile")
    assert (shown.status, shown.heading) == (200, "Your answers")
    assert "Vera" in shown.text


REFUSED: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "another nonce": ({"nonce": "one that another frame made"}, {}),
    "no nonce": ({"nonce": None}, {}),
    "no jti": ({"jti": None}, {}),
    "for a fragment": ({"mode": "htmx"}, {}),
    "of another site": ({"iss": "acme.club"}, {}),
    "for another service": ({"aud": "https://ask.other"}, {}),
    "a list of audiences": ({"aud": [OURS]}, {}),
    "of another origin": ({"origin": CLUB}, {}),
    "in another page": ({}, {"embedder": CLUB}),
    "in no page": ({}, {"embedder": ""}),
    "signed by another site": ({"key": CLUBS}, {}),
    "of another type": ({"typ": "JWT"}, {}),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_believed_is_not_exchanged(world: World, case: str) -> None:
    claims, fields = REFUSED[case]
    shown = await exchange(world, said(world, **claims), **fields)
    assert shown.status in (401, 403)
    assert "askonce-visit" not in shown.headers
    assert (await world.person()).version == 0


@pytest.mark.parametrize("action", ["exchange", "moments", "renewals"])
@pytest.mark.parametrize("origin", [SHOP, CLUB, "null", None])
async def test_only_our_own_frame_may_exchange(
    world: World, action: str, origin: str | None
) -> None:
    shown = await exchange(world)
    fields = {"assertion": said(world), "nonce": NONCE, "embedder": SHOP, "_t": shown.token}
    fields["visit"] = shown.headers["askonce-visit"]
    refused = await post(world, action, fields, origin=origin)
    assert refused.status == 403
    assert {"askonce-visit", "askonce-token"}.isdisjoint(refused.headers)


async def test_a_visit_ends_after_half_an_hour(world: World) -> None:
    visit = (await exchange(world)).headers["askonce-visit"]
    older = world.older(visit, timedelta(minutes=31), "frame")
    shown = await post(world, "moments", {"visit": older, "on": "login"})
    assert shown.status == 401


async def renew(world: World, token: str, assertion: str) -> Shown:
    fields = {"assertion": assertion, "nonce": NONCE, "embedder": SHOP, "_t": token}
    return await post(world, "renewals", fields)


async def test_a_form_of_yesterday_goes_on_for_the_same_person(world: World) -> None:
    shown = await exchange(world)
    old = world.aged(shown, timedelta(days=2))
    typed = {"_t": old.token, "company": "Acme"}
    expired = await world.post(f"{PLACE}/fragments/frame/answers", typed, origin=OURS)
    assert (expired.status, list(expired.events)) == (401, ["askonce-gone"])
    renewed = await renew(world, old.token, said(world))
    assert renewed.status == 204
    typed["_t"] = world.keep(renewed.headers["askonce-token"])
    saved = await world.post(f"{PLACE}/fragments/frame/answers", typed, origin=OURS)
    assert (saved.status, saved.heading) == (200, "Your office")


@pytest.mark.parametrize(
    "claims", [{"sub": "somebody else"}, {"origin": "https://www.shop.example"}]
)
async def test_a_form_goes_on_for_nobody_else(world: World, claims: dict[str, str]) -> None:
    shown = await exchange(world)
    fields = {"nonce": NONCE, "_t": shown.token, "embedder": claims.get("origin", SHOP)}
    refused = await post(world, "renewals", {**fields, "assertion": said(world, **claims)})
    assert refused.status in (401, 403)
    assert "askonce-token" not in refused.headers


async def test_a_form_of_another_mode_is_not_renewed(world: World) -> None:
    fragment = await world.mount("4")
    assert (await renew(world, fragment.token, said(world))).status in (401, 403)


async def test_the_frame_opens_in_a_frame_alone(world: World) -> None:
    for header, value in (("sec_fetch_dest", "document"), ("sec_purpose", "prefetch")):
        assert (await world.frame(f"{PLACE}/frame", **{header: value})).status == 403
    assert (await world.frame("/v1/sites/acme.nothing/frame")).status == 404


async def test_details_of_an_event_are_one_flat_object(world: World) -> None:
    endless = '{"a":"' + "x" * 3000 + '"}'
    for details in ("[1]", '{"a": {}}', "{", endless):
        assert (await exchange(world, on="event", name="x", details=details)).status == 400
    assert (await exchange(world, on="event", name="x", details='{"plan": "pro"}')).status == 204


async def test_an_exchange_costs_one_read_and_a_use_of_its_name(world: World) -> None:
    await exchange(world)
    with world.runtime.database.counting() as counted:
        await exchange(world)
    assert (counted.reads, counted.transactions) == (1, 1)
