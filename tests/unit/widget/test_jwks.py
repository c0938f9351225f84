"""A site's keys at its own address: its pages and its backend are believed by them."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from app.lib.db import Database
from app.settings import Settings
from tests.unit.serving import Site, serving
from tests.unit.signing import OURS, SHOP, sign
from tests.unit.world import SECRET, VERA, World, document, open_world, publish_document

NEW = OKPKey.generate_key("Ed25519")
SET = json.dumps({"keys": [{**NEW.as_dict(private=False), "kid": "j1"}]}).encode()


@pytest.fixture
async def pinned(
    database: Database, database_url: str, private: set[str]
) -> AsyncIterator[tuple[World, Site]]:
    """Acme's world, in which the Shop publishes a key at an address of this machine."""
    settings = Settings(OURS, database_url, secrets=(SECRET,), outbound_loopback=True)
    async with serving(Site(SET)) as site:
        pin = f"sandbox: true\n    jwks: {{url: '{site.url}'}}"
        await publish_document(database, document(**{"sandbox: true": pin}))
        async with open_world(database_url, private=private, settings=settings) as world:
            yield world, site


def signed(world: World, typ: str, **said: Any) -> dict[str, str]:
    now = int(time.time())
    claims = {"iss": "acme.shop", "aud": OURS, "iat": now, "exp": now + 60, **said}
    token = sign({"alg": "Ed25519", "kid": "j1", "typ": typ}, claims, key=NEW)
    return {"authorization": f"Bearer {world.keep(token)}"}


async def test_a_page_is_believed_by_a_key_of_the_set(pinned: tuple[World, Site]) -> None:
    world, site = pinned
    for _ in range(3):
        headers = signed(world, "askonce+jwt", sub=VERA, origin=SHOP, mode="htmx")
        assert (await world.mount(headers=headers)).heading == "About your work"
    assert (await world.mount()).status == 200  # by the configuration's own key
    assert len(site.asked) == 1


async def test_a_backend_is_believed_by_a_key_of_the_set(pinned: tuple[World, Site]) -> None:
    world, site = pinned
    asked = await world.ask(headers=signed(world, "askonce-client+jwt"))
    assert (asked.status, len(site.asked)) == (201, 1)


async def test_a_set_that_cannot_be_had_refuses_its_keys_alone(
    pinned: tuple[World, Site],
) -> None:
    world, site = pinned
    site.status = "500 Away"
    for _ in range(3):
        headers = signed(world, "askonce+jwt", sub=VERA, origin=SHOP, mode="htmx")
        assert (await world.mount(headers=headers)).status == 401
    assert (await world.mount()).status == 200
    assert len(site.asked) == 1


async def test_a_site_s_set_is_for_that_site_alone(pinned: tuple[World, Site]) -> None:
    world, site = pinned
    headers = signed(world, "askonce-client+jwt", iss="acme.club")
    assert (await world.ask(headers=headers)).status == 401
    assert site.asked == []
