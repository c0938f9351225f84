"""The small world in which handlers are tested: acme with Shop and Club, and Vera, who visits.

The whole application runs in this process, over ASGI, on a database of the test's own. What is
said to it that is nobody else's business is remembered, so that no log line can hold it.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import httpx
import msgspec
from sqlalchemy import delete, func, select

from app.domain.changes import find_subject
from app.domain.publishing import publish
from app.domain.release import Release
from app.domain.subjects import Subject
from app.domain.tables import events, history, subjects
from app.domain.tokens import Purpose, StepToken, open_token, seal_token
from app.lib.db import Database
from app.lib.observing import App
from app.lib.sealing import Keyring
from app.main import create_app
from app.runtime import Runtime, create_runtime
from app.settings import Settings
from tests.unit.components.reading import Page, text_of
from tests.unit.domain.documents import sound
from tests.unit.signing import CLUBS, ED25519, OURS, SHOP, AnyKey, sign

CLUB = "https://club.example"
SECRET = "a secret for tests only, of more than 32 bytes"
VERA = "vera-4711"
WELCOME = "https://shop.example/welcome"
STATE = "what the shop remembers"
SITES = {"acme.shop": (SHOP, ED25519), "acme.club": (CLUB, CLUBS)}

DOCUMENT = """askonce: 1
workspace: acme
attributes:
  given_name: {}
  email: {authority: claim}
  company: {kind: text, label: {en: Company, de: Unternehmen}, rules: {length: {max: 100}}}
  website: {}
  company_size:
    kind: choice
    label: {en: How many people work there?}
    options: [small, large]
  seats: {kind: integer, label: {en: Desks}, rules: {range: {min: 1, max: 500}}}
  nickname: {kind: text}
  plan: {kind: text, bucket: app_metadata, fill: login, label: Plan}
  score: {kind: integer, access: {subject: hidden}}
sites:
  shop:
    name: Shop
    origins: [https://shop.example, https://www.shop.example]
    return_urls: [https://shop.example/welcome, "https://shop.example/back?from=ask"]
    locales: [en, de, ar]
    supplies: [given_name, plan, score]
    reads: [plan, score]
    sandbox: true
    modes: [element, frame, htmx, include, hosted]
    keys: [{kid: k1, alg: Ed25519, jwk: SHOPS_KEY}]
  club:
    name: Club
    origins: [https://club.example]
    locales: [de]
    keys: [{kid: k1, alg: Ed25519, jwk: CLUBS_KEY}]
steps:
  work:
    title: {en: About your work, de: Über Ihre Arbeit}
    purpose: {en: So that we suggest what fits.}
    sites: [shop]
    fields: [{attribute: company, required: true}, website]
    trigger: {on: login}
    skip: {snooze: [1d], then: stop}
    priority: 20
  size:
    title: {en: Your office}
    thanks: {en: "Thank you, that helps."}
    sites: [shop]
    fields: [company_size, seats]
    trigger: {on: login}
    audience: {known: company}
  names:
    title: {en: Your names}
    sites: [shop]
    fields: [given_name, nickname]
    ask: all
    trigger: {on: click, name: names}
  must:
    title: {en: One thing}
    sites: [shop]
    fields: [nickname]
    trigger: {on: click, name: must}
    skip: false
  phone:
    title: {de: Ihr Name}
    sites: [club]
    fields: [nickname]
    trigger: {on: request}
"""


def document(**changes: str) -> str:
    """The document of this world, with texts replaced by others."""
    written = DOCUMENT
    for kid, key in (("SHOPS_KEY", ED25519), ("CLUBS_KEY", CLUBS)):
        written = written.replace(kid, json.dumps(key.as_dict(private=False)))
    for before, after in changes.items():
        assert before in written
        written = written.replace(before, after)
    return written


class Document(Page):
    """A whole document, as Page is a fragment; `strict` as Page is."""

    def __init__(self, text: str, *, strict: bool = True) -> None:
        parser = html5lib.HTMLParser(strict=strict, namespaceHTMLElements=False)
        self.root: Element = parser.parse(text)


@dataclass(frozen=True)
class Shown:
    """An answer, as the page and the person in front of it see it."""

    response: httpx.Response
    is_valid: bool = True  # false: what was typed into it is nothing that HTML may hold

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self.response.headers

    @cached_property
    def page(self) -> Page:
        text = self.response.text
        if self.is_document:
            return Document(text)
        return Page(text) if self.is_valid else Document(text, strict=False)

    @property
    def is_document(self) -> bool:
        return self.response.text.lstrip().startswith("<!doctype html>")

    @property
    def text(self) -> str:
        """What a person reads."""
        return text_of(self.page.root)

    @property
    def heading(self) -> str:
        return text_of(self.page.all("heading")[0])

    @property
    def events(self) -> dict[str, dict[str, str]]:
        """What the page hears of it, beside the code that only a sandbox's page is told."""
        return {
            name: {key: fact for key, fact in facts.items() if key != "code"}
            for name, facts in self._heard.items()
        }

    @property
    def codes(self) -> list[str]:
        """Why it was refused, as a sandbox's page hears it."""
        return [facts["code"] for facts in self._heard.values() if "code" in facts]

    @property
    def _heard(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = json.loads(self.headers.get("hx-trigger", "{}"))
        return found

    @property
    def token(self) -> str:
        return self.field("_t")

    def field(self, name: str) -> str:
        """What a hidden field holds."""
        fields = (one for one in self.page.root.iter("input") if one.get("name") == name)
        return next(fields).get("value", "")

    def has(self, name: str) -> bool:
        return any(one.get("name") == name for one in self.page.root.iter("input"))

    @property
    def cookie(self) -> str:
        """What the browser would send from now on."""
        return str(self.headers.get("set-cookie", "")).partition(";")[0]

    def element(self, name: str) -> Element:
        """What has that name at the end of its id."""
        (found,) = [one for one in self.page.root.iter() if one.get("id", "").endswith(f"-{name}")]
        return found

    def control(self, label: str) -> Element:
        """The one control of that label, whatever kind it is."""
        roles = ("textbox", "combobox", "checkbox", "radio", "radiogroup", "group")
        (found,) = [
            one
            for role in roles
            for one in self.page.all(role)
            if self.page.name_of(one).removesuffix(" (optional)") == label
        ]
        return found

    def typed(self, label: str) -> str:
        """What stands in a control."""
        return self.control(label).get("value", "")

    def error(self, label: str) -> str:
        """What is said about a control."""
        return self.page.description_of(self.control(label))

    @property
    def problems(self) -> list[str]:
        """What the summary says."""
        alerts = [one for one in self.page.all("alert") if one.tag == "div"]
        return [text_of(link) for alert in alerts for link in alert.iter("a")]

    @property
    def buttons(self) -> list[str]:
        return [self.page.name_of(one) for one in self.page.all("button")]


class Fetched(Shown):
    """What a backend fetched for a page of its own, and the fragment in it."""

    @cached_property
    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.response.json()
        return answer

    @property
    def state(self) -> str:
        return str(self.answer["state"])

    @property
    def events(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = self.answer["events"]
        return found

    @property
    def code(self) -> str:
        """Why it was refused."""
        return str(self.answer["error"])

    @cached_property
    def page(self) -> Page:
        return Page(self.answer["html"])

    def sends(self, button: str) -> dict[str, str]:
        """What the browser sends beside what was typed when that button is pressed."""
        (pressed,) = [one for one in self.page.all("button") if self.page.name_of(one) == button]
        forms = {one.get("id"): one for one in self.page.root.iter("form")}
        above = (one for one in forms.values() if pressed in set(one.iter("button")))
        form = forms[pressed.get("form")] if pressed.get("form") else next(above)
        hidden = [one for one in form.iter("input") if one.get("type") == "hidden"]
        fields = {one.get("name", ""): one.get("value", "") for one in hidden}
        name = pressed.get("name")
        return fields | ({name: pressed.get("value", "")} if name else {})


@dataclass
class World:
    """One process of Askonce, and pages that talk to it."""

    app: App
    runtime: Runtime
    client: httpx.AsyncClient
    database: Database
    private: set[str] = field(default_factory=set)
    keyring: Keyring = field(default_factory=lambda: Keyring.from_secrets((SECRET,)))

    # What hosts do

    def assertion(
        self, site: str = "acme.shop", *, key: AnyKey | None = None, typ: str = "", **said: Any
    ) -> str:
        """What a site's backend says about a person; `None` leaves a claim out."""
        origin, own = SITES[site]
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": site, "sub": VERA, "aud": OURS, "iat": now, "exp": now + 60}
        claims |= {"origin": origin, "mode": "htmx", "sid": "one sitting"} | said
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "Ed25519", "kid": "k1", "typ": typ or "askonce+jwt"}
        return self.keep(sign(header, claims, key=key or own))

    def keep(self, private: str) -> str:
        """Remember what no log line may hold."""
        if len(private) > 5:
            self.private.add(private)
        return private

    async def mount(
        self,
        dialect: str = "4",
        *,
        site: str = "acme.shop",
        place: str = "fragments",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **said: Any,
    ) -> Shown:
        """What a host's page gets when it loads."""
        sent = {"authorization": f"Bearer {self.assertion(site, **said)}"}
        sent |= {"origin": SITES[site][0], "hx-request": "true", **(headers or {})}
        path = f"/v1/sites/{site}/{place}/{dialect}"
        return Shown(await self.client.get(path, params=query, headers=sent))

    async def post(
        self,
        path: str,
        fields: Mapping[str, Any],
        *,
        origin: str | None = SHOP,
        headers: Mapping[str, str] | None = None,
    ) -> Shown:
        """A form posted from a page of `origin`."""
        for value in fields.values():
            for one in [value] if isinstance(value, str) else value:
                self.keep(one)
        sent = {"hx-request": "true", **({"origin": origin} if origin else {}), **(headers or {})}
        return Shown(await self.client.post(path, data=dict(fields), headers=sent))

    async def send(self, shown: Shown, action: str, dialect: str = "4", **typed: Any) -> Shown:
        """One of a step's forms, submitted in a page of Shop."""
        return await self.submit(shown, f"fragments/{dialect}/{action}", **typed)

    async def submit(
        self, shown: Shown, place: str, site: str = "acme.shop", **typed: Any
    ) -> Shown:
        origin = SITES[site][0]
        path = f"/v1/sites/{site}/{place}"
        return await self.post(path, {"_t": shown.token, **typed}, origin=origin)

    # What backends do

    def credential(self, site: str = "acme.shop") -> dict[str, str]:
        """How a site's backend shows that it is the site's."""
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": site, "aud": OURS, "iat": now, "exp": now + 60}
        header = {"alg": "Ed25519", "kid": "k1", "typ": "askonce-client+jwt"}
        token = self.keep(sign(header, claims, key=SITES[site][1]))
        return {"authorization": f"Bearer {token}"}

    async def ask(self, *, site: str = "acme.shop", headers: Any = None, **body: Any) -> Shown:
        """A site's backend asks whether there is something to ask."""
        asked = {"sub": VERA, "mode": "frame", "origin": SITES[site][0], **body}
        sent = {**self.credential(site), **(headers or {})}
        response = await self.client.post("/api/v1/tickets", json=asked, headers=sent)
        answer = Shown(response)
        if response.status_code == 201:
            self.keep(response.json()["ticket"])
        return answer

    async def log_out(self, sub: str = VERA, site: str = "acme.shop") -> int:
        """A site's backend says that a person has logged out; the status of the answer."""
        path = f"/api/v1/subjects/{quote(self.keep(sub), safe='')}/sessions"
        response = await self.client.delete(path, headers=self.credential(site))
        return response.status_code

    async def fetch(
        self, by: str = "acme.shop", /, *, headers: Mapping[str, str] | None = None, **body: Any
    ) -> "Fetched":
        """A site's backend fetches a fragment for its page; a `None` leaves a member out."""
        asked = {"sub": VERA, "action": "/letter", "sid": "one sitting"} | body
        asked = {name: value for name, value in asked.items() if value is not None}
        sent = {**self.credential(by), **(headers or {})}
        return Fetched(await self.client.post("/api/v1/fragments", json=asked, headers=sent))

    async def relay(self, fetched: "Fetched", button: str = "Save", **typed: Any) -> "Fetched":
        """The form of that button, posted to the host with what was typed, and relayed."""
        fields = {**fetched.sends(button), **typed}
        for value in fields.values():
            for one in [value] if isinstance(value, str) else value:
                self.keep(one)
        return await self.fetch(submit=fields)

    async def ticket(self, **body: Any) -> str:
        """The address of a frame, path alone."""
        asked = await self.ask(**body)
        assert asked.status == 201, asked.response.text
        return urlsplit(str(asked.response.json()["url"])).path

    async def errand(self, **body: Any) -> str:
        """The address of a hosted page, path alone."""
        asked = {"mode": "hosted", "origin": None, "return_to": WELCOME, "state": STATE, **body}
        return await self.ticket(**{k: v for k, v in asked.items() if v is not None})

    async def visit(self, path: str, cookie: str = "", **headers: str) -> Shown:
        """What a browser shows that is sent to an address of ours; `cookie` is what it keeps."""
        self.client.cookies.clear()
        sent = {"sec-fetch-dest": "document", **({"cookie": cookie} if cookie else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return Shown(await self.client.get(path, headers=sent))

    async def on_page(self, shown: Shown, place: str, *, cookie: str = "", **typed: Any) -> Shown:
        """A form of the hosted page, submitted by the browser itself."""
        fields = {**{one: shown.field(one) for one in ("_t", "_f") if shown.has(one)}, **typed}
        for value in fields.values():
            self.keep(value)
        headers = {"origin": OURS, "sec-fetch-dest": "document", "sec-fetch-site": "same-origin"}
        headers |= {"cookie": cookie} if cookie else {}
        path = f"/v1/hosted/sites/acme.shop/{place}"
        self.client.cookies.clear()
        return Shown(await self.client.post(path, data=fields, headers=headers))

    async def tell(self, path: str, by: str = "acme.shop", /, **body: Any) -> httpx.Response:
        """A site's backend asks something else than for a ticket."""
        return await self.client.post(f"/api/v1/{path}", json=body, headers=self.credential(by))

    async def frame(self, path: str, **headers: str) -> Shown:
        """What an iframe in a page of Shop loads; `_` in a header's name is a hyphen.

        The browser refuses every cookie, unless the test sends one.
        """
        self.client.cookies.clear()
        sent = {"sec-fetch-dest": "iframe", "referer": f"{SHOP}/"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return Shown(await self.client.get(path, headers=sent))

    async def in_frame(
        self, shown: Shown, place: str, *, scripted: bool = False, **typed: Any
    ) -> Shown:
        """A form of our own frame, submitted by a script or by the browser itself."""
        headers = {"hx-request": "true"} if scripted else {}
        fields = {"_t": shown.token, **typed}
        for value in fields.values():
            self.keep(value)
        path = f"/v1/sites/acme.shop/{place}"
        response = await self.client.post(path, data=fields, headers={"origin": OURS, **headers})
        return Shown(response)

    # What an operator does

    async def publishes(self, **changes: str) -> None:
        """Another release of this world's document, and this process has it."""
        await publish_document(self.database, document(**changes))
        await self.runtime.releases.poll()

    # What time does

    def aged(self, shown: Shown, age: timedelta, purpose: Purpose = "step") -> Shown:
        """The same page as if it had been open for that long."""
        text = shown.response.text.replace(shown.token, self.older(shown.token, age, purpose))
        return Shown(httpx.Response(200, text=text))

    def older(self, text: str, age: timedelta, purpose: Purpose) -> str:
        """The same token as if it had been made so long ago."""
        token = open_token(self.keyring, text, purpose, datetime.now(UTC))
        return self.sealed(msgspec.structs.replace(token, iat=token.iat - int(age.total_seconds())))

    def sealed(self, token: StepToken) -> str:
        return self.keep(seal_token(self.keyring, token))

    async def erase(self) -> None:
        """Everybody is gone as if they had never been."""
        await self.database.write(lambda connection: connection.execute(delete(subjects)))

    # What is true

    async def person(self, sub: str = VERA) -> Subject:
        return await find_subject(
            self.database, Release.of(sound(document())).subject_key("shop", sub)
        )

    async def answers(self, sub: str = VERA) -> dict[str, Any]:
        """What is known of a person, by attribute; one left blank is None."""
        release, subject = Release.of(sound(document())), await self.person(sub)
        known = {key: subject.answer(release.attribute_id(key)) for key in release.attributes}
        return {key: answer.value for key, answer in known.items() if answer}

    async def happened(self) -> list[str]:
        """Every kind of event that was stored, in order."""
        kinds = select(events.c.kind).order_by(events.c.at, events.c.id)
        return await self.database.read(lambda c: list(c.scalars(kinds)))

    async def changes(self) -> int:
        """How many changed answers history holds."""
        count = select(func.count()).select_from(history)
        return await self.database.read(lambda c: int(c.execute(count).scalar_one()))


async def publish_document(database: Database, source: str) -> None:
    at = datetime.now(UTC)
    await database.write(publish, sound(source), author="ada", note="", source=source, at=at)


@asynccontextmanager
async def open_world(
    url: str,
    *,
    private: set[str] | None = None,
    settings: Settings | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[World]:
    """A process on the database of that address, as configured there."""
    settings = settings or Settings(OURS, database_url=url, secrets=(SECRET,))
    runtime = create_runtime(settings, clock)
    app = create_app(runtime)
    transport = httpx.ASGITransport(app)
    database = Database(url)
    await database.open()
    async with running(app), httpx.AsyncClient(transport=transport, base_url=OURS) as client:
        kept = set() if private is None else private
        yield World(app, runtime, client, database, kept)
    await database.close()


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """An application between its start and its end, as a server keeps it."""
    told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.create_task(_live(app, told, heard))
    for phase in ("startup", "shutdown"):
        await told.put({"type": f"lifespan.{phase}"})
        answer = await heard.get()
        assert answer["type"] == f"lifespan.{phase}.complete", answer
        if phase == "startup":
            try:
                yield
            except BaseException:
                life.cancel()
                raise
    await life


async def _live(app: App, told: asyncio.Queue[Any], heard: asyncio.Queue[Any]) -> None:
    scope: dict[str, Any] = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    await app(scope, told.get, heard.put)
