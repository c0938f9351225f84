"""The doors: every way into the service, each with a request that is let in."""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from app.domain.tokens import Purpose
from tests.unit.attacks.arena import Arena, Sent, get, posted, told
from tests.unit.signing import ED25519, OURS, SHOP, AnyKey, sign
from tests.unit.world import STATE, VERA, WELCOME, Shown

TENANT = "https://acme.eu.auth0.example"
DESK = "  desk: {name: Desk, origins: [https://shop.example], modes: [include]}\n"
NONCE = "a nonce that a frame has made"
SITE = "/v1/sites/acme.shop"
API = "/api/v1"
TYPES = {"htmx": "askonce+jwt", "element": "askonce+jwt", "client": "askonce-client+jwt"}
LIVES = {"htmx": 60, "element": 300, "client": 60}
WORDS = {"company": "Acme Paper Works Ltd"}


def someone() -> str:
    """Somebody who was never here."""
    return f"somebody-{secrets.token_hex(8)}"


# Those that a site's backend signs for


class Mint(NamedTuple):
    """What a site's backend signs for a door of that kind, or what somebody makes like it."""

    kind: str
    sub: str = VERA

    def header(self, **changes: Any) -> dict[str, Any]:
        header = {"alg": "Ed25519", "kid": "k1", "typ": TYPES[self.kind], **changes}
        return {name: value for name, value in header.items() if value is not None}

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims: dict[str, Any] = {"iss": "acme.shop", "aud": OURS, "iat": now}
        claims["exp"] = now + LIVES[self.kind]
        if self.kind != "client":
            claims |= {"sub": self.sub, "origin": SHOP, "mode": self.kind, "sid": self.sub}
        if self.kind == "element":
            claims |= {"nonce": NONCE, "jti": secrets.token_hex(16)}
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def says(self, key: AnyKey = ED25519, /, **claims: Any) -> str:
        """A token in which some claims are others."""
        return sign(self.header(), self.claims(**claims), key=key)

    def heads(self, key: AnyKey = ED25519, way: str = "Ed25519", /, **header: Any) -> str:
        """A token in whose header some members are others, signed in that way."""
        return sign(self.header(**header), self.claims(), way, key)


class Door(NamedTuple):
    """A way in for a token that a site's backend signs; `sends` is it with that token."""

    name: str
    kind: str
    sends: Callable[[Arena, str], Awaitable[Sent]]


def _mounted(place: str) -> Callable[[Arena, str], Awaitable[Sent]]:
    async def sends(_: Arena, token: str) -> Sent:
        return get(f"{SITE}/{place}/4", authorization=f"Bearer {token}", origin=SHOP)

    return sends


async def _mounted_by_post(_: Arena, token: str) -> Sent:
    return posted(f"{SITE}/fragments/4", {"assertion": token, "on": "login"}, origin=SHOP)


async def exchanged(_: Arena, token: str) -> Sent:
    fields = {"assertion": token, "nonce": NONCE, "embedder": SHOP, "on": "login"}
    return posted(f"{SITE}/exchange", fields, origin=OURS, hx_request="true")


async def renewed(arena: Arena, token: str) -> Sent:
    page = await page_of(arena, "frame")
    fields = {"assertion": token, "nonce": NONCE, "embedder": SHOP, "_t": page["_t"]}
    return posted(f"{SITE}/renewals", fields, origin=OURS, hx_request="true")


def _asked(path: str, body: Mapping[str, Any], method: str = "POST") -> Any:
    async def sends(_: Arena, token: str) -> Sent:
        asked = {"sub": VERA, **body} if "code" not in body else body
        return told(f"{API}/{path}", asked, method, authorization=f"Bearer {token}")

    return sends


TICKETS: dict[str, Any] = {"mode": "frame", "origin": SHOP}
HOSTED: dict[str, Any] = {"mode": "hosted", "return_to": WELCOME, "state": STATE}
DOORS = [
    Door("mount", "htmx", _mounted("fragments")),
    Door("mount by post", "htmx", _mounted_by_post),
    Door("editor", "htmx", _mounted("profile")),
    Door("exchange", "element", exchanged),
    Door("renewals", "element", renewed),
    Door("tickets", "client", _asked("tickets", TICKETS)),
    Door("errands", "client", _asked("tickets", HOSTED)),
    Door("requirements", "client", _asked("requirements", {})),
    Door("fragments", "client", _asked("fragments", {"action": "/letter"})),
    Door("log-out", "client", _asked(f"subjects/{VERA}/sessions", {}, "DELETE")),
]


# Those that a page of ours was made for


class Form(NamedTuple):
    """What is posted from a page of ours, that of `page`, with its token in a field of a name."""

    name: str
    page: str
    path: str
    origin: str = SHOP
    purpose: Purpose = "step"
    typed: Mapping[str, str] = WORDS
    field: str = "_t"

    async def sends(self, arena: Arena, page: Mapping[str, str] | None = None) -> Sent:
        """It as the page sends it; `page` holds other hidden fields than its own."""
        fields = {**(page or await page_of(arena, self.page)), **self.typed}
        if self.field != "_t":
            fields[self.field] = fields.pop("_t")
        return posted(self.path, fields, origin=self.origin, hx_request="true")


def _forms(page: str, path: str, purpose: Purpose = "step", origin: str = SHOP) -> list[Form]:
    actions = {"answers": WORDS, "skips": {}, "dismissals": {}, "prompts": {}}
    if page.startswith("hosted"):
        del actions["prompts"]
    return [
        Form(f"{page} {action}", page, f"{path}/{action}", origin, purpose, typed)
        for action, typed in actions.items()
    ]


def _edits(page: str, path: str, origin: str = SHOP) -> list[Form]:
    """The forms of an editor: one opens an answer, two change it."""
    asked = {"attribute": "company"}
    return [
        Form(f"{page} list", f"{page} list", f"{path}/questions", origin, "editor", asked),
        Form(f"{page} edit", f"{page} question", f"{path}/answers", origin, "editor"),
        Form(f"{page} removal", f"{page} question", f"{path}/removals", origin, "editor", {}),
    ]


MOMENT = Form(
    "moment",
    "visit",
    f"{SITE}/moments",
    OURS,
    "frame",
    {"on": "click", "name": "names"},
    "visit",
)
FORMS = [
    *_forms("4", f"{SITE}/fragments/4"),
    *_forms("frame", f"{SITE}/fragments/frame", origin=OURS),
    *_forms("hosted", "/v1/hosted/sites/acme.shop/fragments", origin=OURS),
    *_edits("4", f"{SITE}/profile/4"),
    *_edits("hosted", "/v1/hosted/sites/acme.shop/profile", OURS),
    MOMENT,
]


async def page_of(arena: Arena, name: str) -> dict[str, str]:
    """The hidden fields of such a page, opened once for whoever attacks with them."""
    if name not in arena.pages:
        arena.pages[name] = await open_page(arena, name, someone())
    return arena.pages[name]


async def open_page(arena: Arena, name: str, sub: str) -> dict[str, str]:
    """The hidden fields of a page of this person's, who has answered where that is needed."""
    if name.endswith(("list", "question")):
        step = await arena.world.mount("4", sub=sub, sid=sub)
        await arena.world.send(step, "answers", **WORDS)
    return _hidden(await _OPENED[name](arena, sub))


def _hidden(shown: Shown) -> dict[str, str]:
    if visit := shown.headers.get("askonce-visit"):
        return {"_t": visit}
    return {name: shown.field(name) for name in ("_t", "_f") if shown.has(name)}


async def _mount(arena: Arena, sub: str) -> Shown:
    return await arena.world.mount("4", sub=sub, sid=sub)


async def _list(arena: Arena, sub: str) -> Shown:
    return await arena.world.mount("4", place="profile", sub=sub, sid=sub)


async def _question(arena: Arena, sub: str) -> Shown:
    page = await _list(arena, sub)
    return await arena.world.submit(page, "profile/4/questions", attribute="company")


async def _frame(arena: Arena, sub: str) -> Shown:
    return await arena.world.frame(await arena.world.ticket(sub=sub))


async def _visit(arena: Arena, sub: str) -> Shown:
    response = await arena.send(await exchanged(arena, Mint("element", sub).says()))
    return Shown(response)


async def _hosted(arena: Arena, sub: str) -> Shown:
    return await arena.world.visit(await arena.world.errand(sub=sub))


async def _hosted_list(arena: Arena, sub: str) -> Shown:
    return await arena.world.visit(await arena.world.errand(sub=sub, view="profile"))


async def _hosted_question(arena: Arena, sub: str) -> Shown:
    page = await _hosted_list(arena, sub)
    return await arena.world.on_page(page, "profile/questions", attribute="company")


_OPENED: dict[str, Callable[[Arena, str], Awaitable[Shown]]] = {
    "4": _mount,
    "4 list": _list,
    "4 question": _question,
    "frame": _frame,
    "visit": _visit,
    "hosted": _hosted,
    "hosted list": _hosted_list,
    "hosted question": _hosted_question,
}
