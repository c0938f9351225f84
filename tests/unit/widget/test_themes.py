"""The theme of a site where people see it: linked in our documents, kept for ever, known to all."""

import pytest

from app.lib.db import Database
from tests.unit.world import Shown, World, document, open_world, publish_document

ANSWERS = "fragments/frame/answers"
LOCALES = "    locales: [en, de, ar]\n"
GREEN, BLUE = '{light: {accent: "#0a6b3d"}}', '{light: {accent: "#1f4fa0"}, mode: dark}'


def themed(theme: str) -> str:
    return document(**{LOCALES: f"{LOCALES}    theme: {theme}\n"})


async def opened(world: World, **body: object) -> Shown:
    return await world.frame(await world.ticket(**body))


def sheets(shown: Shown) -> list[str]:
    return [one.get("href", "") for one in shown.page.root.iter("link")]


def scheme(shown: Shown) -> str | None:
    (root,) = [one for one in shown.page.root.iter("div") if one.get("class") == "ao-root"]
    return root.get("data-ao-theme")


async def test_a_document_links_the_theme_after_our_own_sheet(
    database: Database, database_url: str
) -> None:
    await publish_document(database, themed(GREEN))
    async with open_world(database_url) as world:
        frame = await opened(world)
        wrong = await world.in_frame(frame, ANSWERS)
        for shown in (frame, wrong):
            ours, theme = sheets(shown)
            assert ours.endswith("/frame.css")
            response = await world.client.get(theme)
            assert "--ao-accent:light-dark(#0a6b3d,#a3bdff);" in response.text


async def test_a_site_without_a_theme_links_none(door: World) -> None:
    assert len(sheets(await opened(door))) == 1


async def test_the_headers_of_a_sheet(database: Database, database_url: str) -> None:
    await publish_document(database, themed(GREEN))
    async with open_world(database_url) as world:
        _, theme = sheets(await opened(world))
        response = await world.client.get(theme, headers={"accept-encoding": "br"})
        assert dict(response.headers) | {"content-length": ""} == {
            "cache-control": "public, max-age=31536000, immutable",
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
            "x-content-type-options": "nosniff",
            "vary": "Accept-Encoding",
            "content-type": "text/css; charset=utf-8",
            "content-encoding": "br",
            "content-length": "",
        }


async def test_a_host_links_the_theme_of_these_minutes(
    database: Database, database_url: str
) -> None:
    await publish_document(database, themed(GREEN))
    async with open_world(database_url) as world:
        response = await world.client.get("/embed/themes/acme.shop/theme.css")
        assert response.headers["cache-control"] == "public, max-age=300"
        assert "#0a6b3d" in response.text
        plain = await world.client.get("/embed/themes/acme.club/theme.css")
        assert (plain.status_code, plain.text) == (200, "@layer askonce{}")


@pytest.mark.parametrize(
    "path",
    [
        "acme.shop/0a1b2c3d4e5f6a7b8c9d.css",
        "acme.nowhere/theme.css",
        "acme.shop/theme",
        "x/y",
        "%00/x",
    ],
)
async def test_what_is_no_theme_is_not_found(door: World, path: str) -> None:
    response = await door.client.get(f"/embed/themes/{path}")
    assert (response.status_code, response.text) == (404, "")


async def test_a_sheet_of_a_release_before_is_still_served(
    database: Database, database_url: str
) -> None:
    await publish_document(database, themed(GREEN))
    async with open_world(database_url) as world:
        _, green = sheets(await opened(world))
        await publish_document(database, themed(BLUE))
        await world.runtime.releases.poll()
        frame = await opened(world)
        assert sheets(frame)[1] != green
        assert "#0a6b3d" in (await world.client.get(green)).text


async def test_a_sheet_of_a_process_that_is_ahead_is_looked_for(
    database: Database, database_url: str
) -> None:
    await publish_document(database, themed(GREEN))
    async with open_world(database_url) as behind:
        await publish_document(database, themed(BLUE))
        async with open_world(database_url) as ahead:
            _, blue = sheets(await opened(ahead))
        assert "#1f4fa0" in (await behind.client.get(blue)).text


async def test_what_never_was_is_looked_for_once_a_second(door: World) -> None:
    with door.runtime.database.counting() as counted:
        for number in range(20):
            await door.client.get(f"/embed/themes/acme.shop/{number:020x}.css")
    # The watch for releases may have looked once itself.
    assert len(counted.statements) <= 2


# Light and dark


@pytest.mark.parametrize(
    ("theme", "wish", "shown"),
    [
        ("{}", None, "auto"),
        ("{mode: dark}", None, "dark"),
        ("{mode: dark}", "light", "light"),
        ("{mode: light}", "auto", "auto"),
    ],
)
async def test_a_ticket_may_ask_for_light_or_dark(
    database: Database, database_url: str, theme: str, wish: str | None, shown: str
) -> None:
    await publish_document(database, themed(theme))
    async with open_world(database_url) as world:
        frame = await opened(world, **({"theme": wish} if wish else {}))
        assert scheme(frame) == shown
        wrong = await world.in_frame(frame, ANSWERS)
        assert scheme(wrong) == shown
        assert scheme(await world.in_frame(wrong, ANSWERS, company="Acme")) == shown


@pytest.mark.parametrize("theme", ["night", "", 1, ["dark"]])
async def test_a_ticket_cannot_ask_for_anything_else(door: World, theme: object) -> None:
    answer = await door.ask(theme=theme)
    assert answer.status == 400
    assert answer.response.json()["error"] == "request_body"


@pytest.mark.parametrize(
    ("theme", "shown"), [("{}", None), ("{mode: auto}", None), ("{mode: dark}", "dark")]
)
@pytest.mark.parametrize("dialect", ["2", "4"])
async def test_in_a_hosts_page_auto_is_what_the_page_says(
    database: Database, database_url: str, theme: str, shown: str | None, dialect: str
) -> None:
    await publish_document(database, themed(theme))
    async with open_world(database_url) as world:
        assert scheme(await world.mount(dialect)) == shown
        assert scheme(await world.mount(dialect)) == shown


async def test_a_new_theme_shows_in_the_next_mount(database: Database, database_url: str) -> None:
    await publish_document(database, themed("{mode: light}"))
    async with open_world(database_url) as world:
        assert scheme(await world.mount()) == "light"
        await publish_document(database, themed("{mode: dark}"))
        await world.runtime.releases.poll()
        assert scheme(await world.mount()) == "dark"


async def test_a_refusal_has_the_theme_of_its_site(database: Database, database_url: str) -> None:
    await publish_document(database, themed(BLUE))
    async with open_world(database_url) as world:
        headers = {"origin": "http://localhost:8000"}
        path = f"/v1/sites/acme.shop/{ANSWERS}"
        gone = Shown(await world.client.post(path, data={"_t": "x"}, headers=headers))
        assert (gone.status, scheme(gone), len(sheets(gone))) == (401, "dark", 2)
