"""The weight: what a browser loads for one step in an element, as the network sends it."""

import re
from collections.abc import Mapping
from hashlib import sha384

import brotli

from app.lib import assets
from app.widget.embeds import address
from tests.unit.world import Shown, World, document, publish_document

WIDGET = 19 * 1024
LOADER = 1500
# A host writes this hash into its pages: a byte more is another version.
FROZEN = (
    "bb9f7a9ff98b6816d3b12a92da0aff13660b8f2d6d488535"
    "7af616236a80ffccb436be7b85f1d66bc169efdd6955f1fe"
)


async def test_the_whole_widget_is_light(world: World) -> None:
    weights = await weigh(world)
    print()
    for name, weight in {**weights, "together": sum(weights.values())}.items():
        print(f"{name:<38} {weight:>6} bytes")
    assert weights["loader.js"] <= LOADER
    assert sum(weights.values()) <= WIDGET


async def framed(world: World) -> Shown:
    """A frame with a step of three fields."""
    three = {"fields: [given_name, nickname]": "fields: [given_name, nickname, company]"}
    await publish_document(world.database, document(**three))
    await world.runtime.releases.poll()
    return await world.frame(await world.ticket(moment={"on": "click", "name": "names"}))


async def weigh(world: World) -> Mapping[str, int]:
    """Each part as brotli, for a step of three fields."""
    page = await framed(world)
    assert len(page.page.all("textbox")) == 3
    parts = {
        "loader.js": "/embed/1.0.0/loader.js",
        "frame.js (htmx, hx-csp, our script)": address("frame.js"),
        "frame.css": address("frame.css"),
    }
    found = {name: await received(world, path) for name, path in parts.items()}
    return {**found, "the page": len(brotli.compress(page.response.content))}


async def received(world: World, path: str) -> int:
    """What comes over the line, which is compressed."""
    headers = {"accept-encoding": "br"}
    async with world.client.stream("GET", path, headers=headers) as response:
        assert response.headers["content-encoding"] == "br"
        return len(b"".join([part async for part in response.aiter_raw()]))


async def test_the_page_loads_nothing_else(world: World) -> None:
    page = await framed(world)
    loaded = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page.response.text)
    assert sorted(loaded) == sorted([address("frame.css"), address("frame.js")])


def test_the_loader_is_frozen() -> None:
    loader = assets.path("static/embed/loader-1.0.0.min.js").read_bytes()
    assert sha384(loader).hexdigest() == FROZEN
