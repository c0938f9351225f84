"""The database goes away and comes back: what was typed stays, and nothing is half-written."""

import asyncio
import contextlib
import json
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from prometheus_client import REGISTRY

from app.lib.db import Database
from tests.conftest import Engine
from tests.unit.world import Shown, World, document, open_world, publish_document

UNSAVED = "We could not save this yet. Try again."
ACTIONS = ("skips", "dismissals")
WORDS = {"company": "Acme Paper Works", "website": "acme.example"}


class Line:
    """The way to a PostgreSQL server, which can be cut and mended."""

    def __init__(self, host: str, port: int) -> None:
        self._server: asyncio.Server | None = None
        self._target = (host, port)
        self._open: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._pumps)
        await self._server.wait_closed()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far, away = await asyncio.open_connection(*self._target)
        self._open |= {writer, away}
        for source, target in ((reader, away), (far, writer)):
            task = asyncio.create_task(_pump(source, target))
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(65536):
            target.write(chunk)
            await target.drain()
    target.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process grows; what is in them can be read."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


class Failing:
    """A world whose database can be lost: PostgreSQL behind a line, SQLite on a full disk."""

    def __init__(self, world: World, line: Line | None) -> None:
        self.world = world
        self._line = line

    @contextlib.asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        if self._line is None:
            with full_disk():
                yield
            return
        await self._line.cut()
        yield
        await self._line.mend()


@pytest.fixture
async def failing(
    engine: Engine, database: Database, database_url: str, private: set[str]
) -> AsyncIterator[Failing]:
    await publish_document(database, document())
    line, url = None, database_url
    if engine == "postgresql":
        there = urlsplit(database_url)
        line = Line(there.hostname or "", there.port or 0)
        await line.mend()
        url = database_url.replace(f":{there.port}/", f":{line.port}/")
    async with open_world(url, private=private) as world:
        # What is looked at in the tests goes by a way of its own.
        world.database = database
        yield Failing(world, line)
    if line:
        await line.cut()


def counted(route: str, status: int) -> float:
    """How many requests to a form were counted as having that status."""
    samples = (sample for metric in REGISTRY.collect() for sample in metric.samples)
    return sum(
        sample.value
        for sample in samples
        if sample.name == "askonce_requests_total"
        and sample.labels["route"].endswith(route)
        and sample.labels["status"] == str(status)
    )


@pytest.mark.parametrize("dialect", ["2", "4"])
async def test_the_form_and_what_was_typed_stay_and_then_are_saved(
    failing: Failing, dialect: str
) -> None:
    world = failing.world
    step = await world.mount(dialect)
    before = counted("/answers", 503)
    async with failing.away():
        unsaved = await world.send(step, "answers", dialect, **WORDS)
    assert (unsaved.status, unsaved.heading) == (200, "About your work")
    assert UNSAVED in unsaved.text
    assert (unsaved.typed("Company"), unsaved.typed("Website")) == tuple(WORDS.values())
    assert unsaved.headers["retry-after"] == "5"
    assert unsaved.events["askonce-error"]["status"] == "unsaved"
    assert counted("/answers", 503) == before + 1
    assert await world.answers() == {}
    assert await world.happened() == ["logged_in"]
    saved = await world.send(unsaved, "answers", dialect, **WORDS)
    assert saved.heading == "Your office"
    assert (await world.answers())["company"] == "Acme Paper Works"


async def test_trying_again_and_again_saves_once(failing: Failing) -> None:
    world = failing.world
    shown: Shown = await world.mount()
    async with failing.away():
        for _ in range(3):
            shown = await world.send(shown, "answers", **WORDS)
            assert UNSAVED in shown.text
    for _ in range(2):
        assert (await world.send(shown, "answers", **WORDS)).heading == "Your office"
    assert (await world.happened()).count("submitted") == 1


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_skip_that_cannot_be_kept_says_so(failing: Failing, action: str) -> None:
    world = failing.world
    step = await world.mount()
    async with failing.away():
        unsaved = await world.send(step, action)
        assert (unsaved.status, unsaved.heading) == (200, "About your work")
        assert UNSAVED in unsaved.text
    assert (await world.send(unsaved, action)).status == 200
    assert (await world.mount()).status == 204


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("dialect", ["2", "4"])
async def test_what_sends_no_fields_leaves_those_in_the_page(
    failing: Failing, action: str, dialect: str
) -> None:
    world = failing.world
    step = await world.mount(dialect)
    async with failing.away():
        undone = await world.send(step, action, dialect)
        unsaved = await world.send(undone, "answers", dialect, **WORDS)
    assert undone.element("fields").get("id") == step.element("fields").get("id")
    assert undone.element("fields").get("hx-preserve") is not None
    assert unsaved.element("fields").get("hx-preserve") is None
    assert (await world.send(undone, "answers", dialect, **WORDS)).heading == "Your office"
    assert (await world.answers())["company"] == "Acme Paper Works"


@pytest.mark.parametrize("action", ACTIONS)
async def test_without_a_script_no_blanks_can_be_saved_in_the_place_of_what_is_known(
    failing: Failing, action: str
) -> None:
    world, place = failing.world, f"fragments/frame/{action}"
    frame = await world.frame(await world.ticket(moment={"on": "click", "name": "names"}))
    async with failing.away():
        undone = await world.in_frame(frame, place)
    assert (undone.status, undone.heading) == (503, "Your names")
    assert UNSAVED in undone.text
    assert (undone.page.all("textbox"), undone.buttons) == ([], ["Skip for now", "Close"])
    assert (await world.in_frame(undone, place)).heading == "Skipped for now"


async def test_a_step_seen_meanwhile_is_lost_in_silence(failing: Failing) -> None:
    world = failing.world
    step = await world.mount()
    async with failing.away():
        seen = await world.send(step, "prompts")
    assert (seen.status, seen.response.text) == (204, "")
    assert seen.headers["retry-after"] == "5"


async def test_without_a_script_it_is_a_failure_that_keeps_what_was_typed(
    failing: Failing,
) -> None:
    world = failing.world
    frame = await world.frame(await world.ticket())
    place = "fragments/frame/answers"
    async with failing.away():
        unsaved = await world.in_frame(frame, place, scripted=False, **WORDS)
        scripted = await world.in_frame(frame, place, scripted=True, **WORDS)
    assert (unsaved.status, scripted.status) == (503, 200)
    assert unsaved.headers["retry-after"] == "5"
    assert unsaved.is_document
    for shown in (unsaved, scripted):
        assert UNSAVED in shown.text
        assert shown.typed("Company") == "Acme Paper Works"
    assert (await world.in_frame(unsaved, place, scripted=False, **WORDS)).heading == "Your office"


async def test_a_page_that_loads_meanwhile_shows_nothing(failing: Failing) -> None:
    world = failing.world
    async with failing.away():
        mount = await world.mount()
        asked = await world.ask()
        assert (await world.client.get("/health")).status_code == 200
    assert (mount.status, mount.response.text) == (503, "")
    assert mount.headers["retry-after"] == "5"
    assert mount.events == {"askonce-error": {"status": "503"}}
    assert asked.status == 503
    assert asked.response.json()["error"] == "unavailable"
    assert asked.headers["retry-after"] == "5"
    assert (await world.mount()).heading == "About your work"


async def test_a_ticket_opened_meanwhile_stays_good(failing: Failing) -> None:
    world = failing.world
    path = await world.ticket()
    async with failing.away():
        frame = await world.frame(path)
    assert (frame.status, frame.heading) == (503, "We cannot show this right now")
    assert frame.is_document
    assert frame.headers["retry-after"] == "5"
    assert (await world.frame(path)).heading == "About your work"


async def test_the_editor_keeps_what_was_typed(failing: Failing) -> None:
    world = failing.world
    await world.send(await world.mount(), "answers", **WORDS)
    page = await world.mount(place="profile")
    form = await world.submit(page, "profile/4/questions", attribute="company")
    before = counted("/answers", 503)
    async with failing.away():
        unsaved = await world.submit(form, "profile/4/answers", company="Acme Press")
        uncleared = await world.submit(form, "profile/4/removals")
    for shown in (unsaved, uncleared):
        assert (shown.status, shown.heading) == (200, "Change your answer")
        assert UNSAVED in shown.text
    assert unsaved.typed("Company") == "Acme Press"
    assert uncleared.element("fields").get("id") == form.element("fields").get("id")
    assert uncleared.element("fields").get("hx-preserve") is not None
    assert counted("/answers", 503) == before + 1
    assert (await world.answers())["company"] == "Acme Paper Works"
    saved = await world.submit(unsaved, "profile/4/answers", company="Acme Press")
    assert saved.heading == "Your answers"


async def test_the_log_names_the_kind_of_failure_and_nobody(
    failing: Failing, logged: list[str]
) -> None:
    world = failing.world
    step = await world.mount()
    async with failing.away():
        await world.send(step, "answers", **WORDS)
        line = json.loads(logged[-1])
    assert (line["status"], line["counted_as"]) == (200, 503)
    assert line["refusal"]


async def test_ready_says_that_the_database_is_away(failing: Failing, engine: Engine) -> None:
    world = failing.world
    assert (await world.client.get("/ready")).text == "ok"
    async with failing.away():
        ready = await world.client.get("/ready")
    # A full disk can still be read.
    told = {"postgresql": (503, "the database is away"), "sqlite": (200, "ok")}
    assert (ready.status_code, ready.text) == told[engine]
    assert (await world.client.get("/ready")).text == "ok"


async def test_a_backend_relays_again_what_could_not_be_saved(failing: Failing) -> None:
    world = failing.world
    step = await world.fetch()
    async with failing.away():
        unsaved = await world.relay(step, **WORDS)
    assert (unsaved.status, unsaved.answer["status"], unsaved.state) == (503, 503, "unsaved")
    assert (unsaved.code, unsaved.headers["retry-after"]) == ("unavailable", "5")
    assert UNSAVED in unsaved.text
    assert unsaved.typed("Company") == WORDS["company"]
    assert (await world.relay(step, **WORDS)).state == "saved"
    assert (await world.relay(unsaved, **WORDS)).state == "saved"
    assert (await world.answers())["company"] == WORDS["company"]


@pytest.mark.parametrize("button", ["Skip for now", "Close"])
async def test_what_was_relayed_and_not_done_brings_buttons_alone(
    failing: Failing, button: str
) -> None:
    world = failing.world
    step = await world.fetch()
    async with failing.away():
        unsaved = await world.relay(step, button)
    assert (unsaved.status, unsaved.state) == (503, "unsaved")
    assert unsaved.page.all("textbox") == []
    assert "Save" not in unsaved.buttons
    assert (await world.relay(unsaved, button)).state in ("skipped", "dismissed")


async def test_a_backend_that_asks_for_somebody_new_is_told_to_come_back(
    failing: Failing,
) -> None:
    async with failing.away():
        away = await failing.world.fetch()
    assert (away.status, away.code, away.headers["retry-after"]) == (503, "unavailable", "5")
    assert (await failing.world.fetch()).state == "asked"


async def test_a_page_is_shown_though_it_cannot_be_counted(
    failing: Failing, engine: Engine
) -> None:
    world = failing.world
    await world.mount()  # known, and not yet shown anything
    async with failing.away():
        shown = await world.fetch()
    # What cannot be written can still be read where the disk is full.
    assert shown.status == {"sqlite": 200, "postgresql": 503}[engine]
    assert (await world.fetch()).state == "asked"
    assert (await world.happened()).count("shown") == 1


async def test_a_hosted_page_keeps_what_was_typed_and_then_saves_it(failing: Failing) -> None:
    world = failing.world
    page = await world.visit(await world.errand())
    async with failing.away():
        unsaved = await world.on_page(page, "fragments/answers", cookie=page.cookie, **WORDS)
    assert (unsaved.status, unsaved.heading) == (503, "About your work")
    assert unsaved.headers["retry-after"] == "5"
    assert (unsaved.typed("Company"), unsaved.typed("Website")) == tuple(WORDS.values())
    saved = await world.on_page(unsaved, "fragments/answers", cookie=page.cookie, **WORDS)
    assert saved.status == 303
    assert (await world.answers())["company"] == "Acme Paper Works"


async def test_a_way_back_that_cannot_be_kept_is_found_again(failing: Failing) -> None:
    world = failing.world
    page = await world.visit(await world.errand())
    skipped = await world.on_page(page, "fragments/skips", cookie=page.cookie)
    place = skipped.headers["location"]
    async with failing.away():
        away = await world.visit(place, cookie=skipped.cookie)
    assert (away.status, away.heading) == (503, "We cannot show this right now")
    assert "refresh" not in away.headers
    back = await world.visit(place, cookie=skipped.cookie)
    assert "code=" in back.headers["refresh"]


async def test_a_ticket_is_not_spent_by_who_cannot_be_shown_anything(failing: Failing) -> None:
    world = failing.world
    path = await world.errand()
    async with failing.away():
        assert (await world.visit(path)).status == 503
    assert (await world.visit(path)).heading == "About your work"
