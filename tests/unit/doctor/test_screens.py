"""The page for site developers: safe in public; in development it looks at a page."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.doctor.screens import render
from app.domain.remedies import REMEDIES
from app.main import create_app
from app.runtime import create_runtime
from app.settings import Settings
from tests.unit.components.reading import text_of
from tests.unit.doctor.clinic import Clinic
from tests.unit.doctor.test_examining import FRAME
from tests.unit.world import SECRET, Document, World, running

LOCAL = Settings("http://localhost:8000", secrets=(SECRET,), development=True)


@pytest.fixture
async def developer(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """A developer's own Askonce, beside the one of the clinic."""
    app = create_app(create_runtime(replace(LOCAL, database_url=clinic.database_url)))
    transport = httpx.ASGITransport(app)
    async with running(app), httpx.AsyncClient(transport=transport, base_url=LOCAL.url) as client:
        yield client


async def test_every_refusal_has_an_anchor_and_a_line(door: World) -> None:
    shown = await door.client.get("/doctor")
    page = Document(shown.text).root
    anchors = {one.get("id") for one in page.iter("section")}
    assert set(REMEDIES) <= anchors
    lines = {text_of(one) for one in page.iter("pre")}
    assert {" ".join(one.line.split()) for one in REMEDIES.values()} <= lines


async def test_it_is_the_same_for_everybody_and_lets_nothing_in(door: World) -> None:
    shown = await door.client.get("/doctor?url=http://127.0.0.1/&site=<script>")
    assert shown.text == (await door.client.get("/doctor")).text
    assert shown.text == render("https://ask.example", has_form=False)
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "<form" not in shown.text


async def test_in_public_no_address_is_fetched(door: World, clinic: Clinic) -> None:
    clinic.asked.clear()
    sent = await door.client.post(
        "/doctor", data={"url": clinic.host}, headers={"origin": "https://ask.example"}
    )
    assert sent.status_code == 405
    assert clinic.asked == []


@pytest.mark.parametrize(
    "settings",
    [
        replace(LOCAL, development=False),
        replace(LOCAL, url="https://ask.example"),
        replace(LOCAL, host="0.0.0.0"),
    ],
)
async def test_only_a_developer_s_own_loopback_examines(
    clinic: Clinic, tmp_path: Path, settings: Settings
) -> None:
    app = create_app(create_runtime(replace(settings, database_url=clinic.database_url)))
    transport = httpx.ASGITransport(app)
    async with running(app), httpx.AsyncClient(transport=transport, base_url=settings.url) as one:
        sent = await one.post("/doctor", data={"url": "x"}, headers={"origin": settings.url})
        assert sent.status_code == 405
        assert "<form" not in (await one.get("/doctor")).text


async def test_a_developer_s_form_examines_a_page(
    developer: httpx.AsyncClient, clinic: Clinic
) -> None:
    url = clinic.serves("/page", FRAME.replace("About you", "<b>"), cache_control="no-store")
    sent = await developer.post(
        "/doctor", data={"url": url}, headers={"origin": "http://localhost:8000"}
    )
    shown = text_of(Document(sent.text).root)
    assert sent.status_code == 200
    assert f"What was found at {url}" in shown
    assert "Wrong askonce_address (line 1)" in shown
    assert sent.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "shop.example", "http://127.0.0.1:1/"])
async def test_what_cannot_be_looked_at_stays_with_a_sentence(
    developer: httpx.AsyncClient, url: str
) -> None:
    origin = {"origin": "http://localhost:8000"}
    sent = await developer.post("/doctor", data={"url": url, "site": '"><b>'}, headers=origin)
    page = Document(sent.text)
    assert sent.status_code == 422
    (problem,) = page.all("alert")
    assert text_of(problem).endswith(".")
    typed = {one.get("name"): one.get("value") for one in page.root.iter("input")}
    assert typed == {"url": url, "site": '"><b>'}


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:8000"])
async def test_no_other_page_makes_a_developer_s_askonce_fetch(
    developer: httpx.AsyncClient, clinic: Clinic, origin: str | None
) -> None:
    clinic.asked.clear()
    headers = {"origin": origin} if origin else {}
    sent = await developer.post("/doctor", data={"url": clinic.host}, headers=headers)
    assert sent.status_code == 403
    assert clinic.asked == []


async def test_a_form_that_is_none_is_refused(developer: httpx.AsyncClient) -> None:
    headers = {"origin": "http://localhost:8000", "content-type": "text/plain"}
    sent = await developer.post("/doctor", content=b"url=x", headers=headers)
    assert sent.status_code == 415


async def test_any_page_may_ask_for_the_time(door: World) -> None:
    told = await door.client.get("/doctor/clock", headers={"origin": "https://other.example"})
    assert abs(float(told.text) - door.runtime.now().timestamp()) < 60
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["cache-control"] == "no-store"


async def test_the_script_is_for_every_page(door: World) -> None:
    sent = await door.client.get("/embed/1/doctor.js")
    assert sent.headers["content-type"].startswith("text/javascript")
    assert sent.headers["access-control-allow-origin"] == "*"
    assert sent.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_the_sheet_is_served(door: World) -> None:
    sent = await door.client.get("/doctor/doctor.css")
    assert sent.headers["content-type"].startswith("text/css")
    assert ".doctor-refusal:target" in sent.text
