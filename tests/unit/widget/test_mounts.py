"""What a host's page gets when it loads: a step, nothing, or a refusal it can read."""

import pytest

from tests.unit.signing import SHOP, forge
from tests.unit.world import CLUB, VERA, World

DIALECTS = ("2", "4")
EXPOSED = (
    "HX-Trigger, HX-Trigger-After-Swap, HX-Trigger-After-Settle, HX-Location, HX-Refresh, "
    "HX-Redirect, HX-Push, HX-Push-Url, HX-Replace-Url, HX-Retarget, HX-Reswap, HX-Reselect, "
    "Askonce-Refusal"
)
ALLOWED = (
    "authorization, content-type, hx-request, hx-request-type, hx-source, hx-target, "
    "hx-current-url, hx-boosted, hx-trigger, hx-trigger-name, hx-prompt"
)
MOUNT = "/v1/sites/acme.shop/fragments/4"


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_mount_asks_what_is_not_known(world: World, dialect: str) -> None:
    shown = await world.mount(dialect)
    assert (shown.status, shown.heading) == (200, "About your work")
    assert shown.typed("Company") == ""
    assert shown.control("Website").tag == "input"
    assert shown.buttons == ["Save", "Skip for now", "Close"]
    assert shown.events["askonce-prompted"]["step"] == "work"


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_everything_may_come_in_the_body(world: World, dialect: str) -> None:
    fields = {"assertion": world.assertion(), "on": "click", "name": "names", "locale": "de"}
    shown = await world.post(f"/v1/sites/acme.shop/fragments/{dialect}", fields)
    assert (shown.status, shown.heading) == (200, "Your names")
    assert shown.page.root.find(".//div[@class='ao-root']").get("lang") == "de"  # type: ignore[union-attr]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_nothing_to_ask_leaves_the_page_alone_and_says_so(world: World, dialect: str) -> None:
    shown = await world.mount(dialect, query={"on": "event", "name": "unheard"})
    assert (shown.status, shown.response.text) == (204, "")
    assert shown.events == {"askonce-nothing": {"status": "nothing"}}


async def test_the_same_mount_again_writes_nothing(world: World) -> None:
    await world.mount(sid="one sitting")
    before = await world.person()
    await world.mount(sid="one sitting")
    assert (await world.person()).version == before.version == 1


async def test_a_login_is_counted_once_for_its_session(world: World) -> None:
    for sid in ("monday", "monday", "tuesday"):
        await world.mount(sid=sid)
    assert (await world.person()).logins() == 2


async def test_a_site_of_its_own_has_its_own_steps(world: World) -> None:
    shown = await world.mount(site="acme.club", query={"on": "request", "step": "phone"})
    assert shown.heading == "Ihr Name"
    other = await world.mount(query={"on": "request", "step": "phone"})
    assert other.status == 204


async def test_a_claim_fills_what_a_site_supplies(world: World) -> None:
    await world.mount(traits={"given_name": "Vera", "company": "not theirs to say"})
    assert await world.answers() == {"given_name": "Vera"}


# What is refused


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"iss": "acme.club"}, 401),
        ({"aud": "https://elsewhere.example"}, 401),
        ({"exp": 1}, 401),
        ({"sub": ""}, 401),
        ({"sub": "line\nbreak"}, 401),
        ({"sub": "x" * 256}, 401),
        ({"typ": "JWT"}, 401),
        ({"mode": "element"}, 403),
        ({"origin": CLUB}, 403),
        ({"origin": "https://www.shop.example"}, 403),
        ({"clock": -5}, 401),
        ({"traits": ["none"]}, 401),
        ({"auth_time": 0}, 401),
    ],
)
async def test_an_assertion_that_is_not_believed_shows_nothing(
    door: World, said: dict[str, object], status: int
) -> None:
    shown = await door.mount(**said)  # type: ignore[arg-type]
    assert (shown.status, shown.response.text) == (status, "")
    assert shown.events == {"askonce-error": {"status": str(status)}}
    assert (await door.person()).version == 0


@pytest.mark.parametrize(
    "authorization", ["", "Bearer ", "Bearer a.b.c", "Basic dmVyYTp4", "x" * 9000]
)
async def test_a_mount_without_a_credential_shows_nothing(door: World, authorization: str) -> None:
    shown = await door.mount(headers={"authorization": authorization})
    assert (shown.status, shown.response.text) == (401, "")


async def test_a_forged_assertion_shows_nothing(door: World) -> None:
    forged = door.keep(forge(door.assertion()))
    shown = await door.mount(headers={"authorization": f"Bearer {forged}"})
    assert (shown.status, shown.response.text) == (401, "")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": CLUB}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://shop.example.evil.example"}, 403),
        ({"origin": "https://shop.example", "sec-fetch-site": "cross-site"}, 200),
    ],
)
async def test_a_page_of_another_origin_is_refused(
    door: World, headers: dict[str, str], status: int
) -> None:
    assert (await door.mount(headers=headers)).status == status


async def test_no_origin_is_only_our_own_page(door: World) -> None:
    credential = {"authorization": f"Bearer {door.assertion()}"}
    assert (await door.client.get(MOUNT, headers=credential)).status_code == 403
    ours = {**credential, "sec-fetch-site": "same-origin"}
    assert (await door.client.get(MOUNT, headers=ours)).status_code == 200


@pytest.mark.parametrize("place", ["acme.nowhere", "nobody.shop", "shop", "acme.shop.x", "%00"])
async def test_an_unknown_site_is_not_found(door: World, place: str) -> None:
    credential = {"authorization": f"Bearer {door.assertion()}", "origin": SHOP}
    response = await door.client.get(f"/v1/sites/{place}/fragments/4", headers=credential)
    assert (response.status_code, response.text) == (404, "")


@pytest.mark.parametrize("dialect", ["3", "5", "frames", "%ED%A0%80"])
async def test_an_unknown_dialect_is_not_found(door: World, dialect: str) -> None:
    assert (await door.mount(dialect)).status == 404


@pytest.mark.parametrize(
    "query",
    [
        {"on": "never"},
        {"name": "n" * 3000},
        {"step": "s" * 3000},
        {"on": "click", "name": "n" * 300},
    ],
)
async def test_a_moment_that_is_none_is_refused(door: World, query: dict[str, str]) -> None:
    shown = await door.mount(query=query)
    assert (shown.status, shown.response.text) == (400, "")


@pytest.mark.parametrize("name", ["on", "name", "step", "locale"])
@pytest.mark.parametrize(
    "text", ["%00", "%ED%A0%80", "%ff", "a&locale=b", "x" * 200, "%F0%9F%98%80"]
)
async def test_whatever_a_query_holds_is_no_fault(door: World, name: str, text: str) -> None:
    sent = {"authorization": f"Bearer {door.assertion()}", "origin": SHOP}
    response = await door.client.get(f"{MOUNT}?{name}={text}", headers=sent)
    assert response.status_code in (200, 204, 400)


# Crossing origins


@pytest.mark.parametrize("origin", [SHOP, "https://www.shop.example"])
async def test_a_preflight_names_what_both_versions_send(door: World, origin: str) -> None:
    response = await door.client.options(MOUNT, headers={"origin": origin})
    assert response.status_code == 204
    assert dict(response.headers) == {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": EXPOSED,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": ALLOWED,
        "access-control-max-age": "7200",
        "vary": "Origin",
    }


@pytest.mark.parametrize("path", [MOUNT, "/v1/sites/acme.nowhere/fragments/4"])
@pytest.mark.parametrize("origin", [CLUB, "null", "https://shop.example:444", "\xff"])
async def test_a_preflight_of_a_stranger_allows_nothing(
    door: World, path: str, origin: str
) -> None:
    response = await door.client.options(path, headers=[(b"origin", origin.encode("latin-1"))])
    assert (response.status_code, dict(response.headers)) == (403, {"vary": "Origin"})


@pytest.mark.parametrize(
    ("said", "status"), [({}, 200), ({"exp": 1}, 401), ({"mode": "element"}, 403)]
)
async def test_what_a_page_may_read_it_may_read_when_refused_too(
    door: World, said: dict[str, object], status: int
) -> None:
    shown = await door.mount(**said)  # type: ignore[arg-type]
    assert shown.status == status
    assert shown.headers["access-control-allow-origin"] == SHOP
    assert shown.headers["access-control-expose-headers"] == EXPOSED
    assert "access-control-allow-credentials" not in shown.headers
    assert "Origin" in shown.headers["vary"]


@pytest.mark.parametrize("origin", [CLUB, "null"])
async def test_a_stranger_may_read_nothing(door: World, origin: str) -> None:
    shown = await door.mount(headers={"origin": origin})
    assert not any(name.startswith("access-control") for name in shown.headers)


async def test_a_path_that_is_none_can_be_read_as_such(door: World) -> None:
    response = await door.client.get("/v1/sites/acme.shop/nothing", headers={"origin": SHOP})
    assert response.status_code == 404
    assert response.headers["access-control-allow-origin"] == SHOP


# What every answer carries


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_the_headers_of_a_fragment(door: World, dialect: str) -> None:
    shown = await door.mount(dialect)
    told = {name: value for name, value in shown.headers.items() if name != "content-length"}
    assert told.keys() == {
        "access-control-allow-origin",
        "access-control-expose-headers",
        "cache-control",
        "content-security-policy",
        "content-type",
        "hx-trigger",
        "vary",
        "x-content-type-options",
    }
    assert told["cache-control"] == "no-store"
    assert told["x-content-type-options"] == "nosniff"
    assert told["content-type"] == "text/html; charset=utf-8"
    assert told["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_an_answer_never_names_the_person(door: World) -> None:
    shown = await door.mount()
    assert VERA not in shown.response.text
    assert VERA not in str(shown.headers)
