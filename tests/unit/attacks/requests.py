"""Requests that are none: bodies, addresses and ways back that nobody of good will sends."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from tests.unit.attacks.arena import FORM, Arena, Attack, Sent, get, told
from tests.unit.attacks.doors import (
    API,
    DOORS,
    FORMS,
    HOSTED,
    MOMENT,
    SITE,
    TICKETS,
    Mint,
    exchanged,
    someone,
)
from tests.unit.signing import OURS, SHOP
from tests.unit.world import CLUB, VERA, WELCOME

EVIL = "https://evil.example"
EMOJI = "\U0001f600"
JSON = "application/json"


class Body(NamedTuple):
    """What comes instead of a form or of JSON, of which type, and how that is answered."""

    name: str
    status: int
    code: str
    raw: bytes
    media: str


def _form(name: str, status: int, code: str, raw: bytes, media: str = FORM) -> Body:
    return Body(name, status, code, raw, media)


def _json(name: str, status: int, code: str, raw: bytes, media: str = JSON) -> Body:
    return Body(name, status, code, raw, media)


OTHER_TYPES = (
    "",
    "text/plain",
    "text/html",
    "multipart/form-data; boundary=x",
    "application/xml",
    f"{FORM}; charset=utf-7",
    f"{FORM}; charset=utf-16",
    f"{JSON}; charset=utf-16",
    f"{FORM}, {JSON}",
    f"{JSON}, {FORM}",
    "application/x-www-form-urlencoded/x",
    "application/json-patch+json",
    "*/*",
)
FORM_BODIES = [
    *(_form(f"as {t}", 415, "body_type", b"company=Acme", t) for t in (*OTHER_TYPES, JSON)),
    _form("NUL", 400, "body_nul", b"company=a%00b"),
    _form("raw NUL", 400, "body_nul", b"company=a\0b"),
    _form("NUL in a name", 400, "body_nul", b"%00=a"),
    _form("a lone surrogate", 400, "body_encoding", b"company=%ED%A0%80"),
    _form("bytes that are no text", 400, "body_encoding", b"company=\xff\xfe"),
    _form("a slash in two bytes", 400, "body_encoding", b"company=%C0%AF"),
    _form("half an escape", 400, "body_escape", b"company=%"),
    _form("no escape", 400, "body_escape", b"company=%zz"),
    _form("501 fields", 413, "body_fields", b"&".join(b"f%d=1" % n for n in range(501))),
    _form("one field 501 times", 413, "body_fields", b"&".join([b"company=1"] * 501)),
    _form("501 fields without a name", 413, "body_fields", b"&" * 501),
    _form("half a megabyte", 413, "body_size", b"company=" + b"x" * 500_000),
]
JSON_BODIES = [
    *(_json(f"as {t}", 415, "body_type", b'{"sub":"x"}', t) for t in (*OTHER_TYPES, FORM)),
    _json("nothing", 400, "body_json", b""),
    _json("a list", 400, "body_json", b"[]"),
    _json("null", 400, "body_json", b"null"),
    _json("a text", 400, "body_json", b'"vera"'),
    _json("a member twice", 400, "body_json", b'{"sub":"x","sub":"y"}'),
    _json("a member twice within", 400, "body_json", b'{"sub":"x","traits":{"a":1,"a":2}}'),
    _json("too deep", 400, "body_json", b'{"sub":' + b"[" * 9 + b"]" * 9 + b"}"),
    _json("deeper than a stack", 400, "body_json", b'{"sub":' + b"[" * 30_000),
    _json("a lone surrogate", 400, "body_json", rb'{"sub":"\udc00"}'),
    _json("a lone surrogate in bytes", 400, "body_json", b'{"sub":"\xed\xa0\x80"}'),
    _json("NUL", 400, "body_json", rb'{"sub":"a\u0000b"}'),
    _json("another encoding", 400, "body_json", '{"sub":"x"}'.encode("utf-16")),
    _json("a mark at its beginning", 400, "body_json", b'\xef\xbb\xbf{"sub":"x"}'),
    _json("not a number", 400, "body_json", b'{"auth_time":NaN}'),
    _json("a number without end", 400, "body_json", b'{"auth_time":' + b"9" * 5000 + b"}"),
    _json("more after its end", 400, "body_json", b'{"sub":"x"}{}'),
    _json("a comment", 400, "body_json", b'{"sub":"x"/**/}'),
    _json("a megabyte", 413, "body_size", b'{"sub":"' + b"x" * 1_000_000 + b'"}'),
    _json("members that nobody knows", 400, "request_body", b'{"sub":"x","__proto__":{}}'),
    _json("a number for a name", 400, "request_body", b'{"sub":7}'),
    _json("no name", 400, "request_body", b"{}"),
]
PUBLIC = ("tickets", "requirements", "fragments")


async def _with(makes: Callable[[Arena], Awaitable[Sent]], body: Body, arena: Arena) -> Sent:
    return (await makes(arena))._replace(body=body.raw).but(content_type=body.media)


async def _shown(name: str, arena: Arena) -> Sent:
    (door,) = [one for one in DOORS if one.name == name]
    return await door.sends(arena, Mint(door.kind).says())


def _bodies() -> Iterator[Attack]:
    for form in (FORMS[0], MOMENT):
        for body in FORM_BODIES:
            name = f"body of {form.name}: {body.name}"
            yield Attack(name, partial(_with, form.sends, body), body.status, body.code)
    for door in ("mount by post", "exchange", "renewals"):
        for body in FORM_BODIES:
            name = f"body of {door}: {body.name}"
            yield Attack(name, partial(_with, partial(_shown, door), body), body.status, body.code)
    for door in PUBLIC:
        for body in JSON_BODIES:
            name = f"body of {door}: {body.name}"
            attack = Attack(
                name, partial(_with, partial(_shown, door), body), body.status, body.code, 1
            )
            yield attack


# What is said in a body that can be read


async def _asked(path: str, body: Mapping[str, Any], _: Arena) -> Sent:
    token = Mint("client").says()
    return told(f"{API}/{path}", {"sub": VERA, **body}, authorization=f"Bearer {token}")


RETURNS = [
    "",
    EVIL,
    f"{EVIL}/welcome",
    SHOP,
    f"{SHOP}/",
    f"{WELCOME}/",
    f"{WELCOME}?x=1",
    f"{WELCOME}#x",
    f"{SHOP}/WELCOME",
    "https://shop.example@evil.example/welcome",
    "https://evil.example/https://shop.example/welcome",
    "https://shop.example:443/welcome",
    "https://shop.example.evil.example/welcome",
    "http://shop.example/welcome",
    "//shop.example/welcome",
    "//evil.example/welcome",
    "/welcome",
    "javascript:alert(1)//https://shop.example/welcome",
    "data:text/html,x",
    "https:\\\\shop.example\\welcome",
    "https:/shop.example/welcome",
    f" {WELCOME}",
    f"{WELCOME} ",
    f"{WELCOME}\r\nSet-Cookie: x=1",
    f"{SHOP}/./welcome",
    f"{SHOP}/x/../welcome",
    f"{SHOP}/welcom%65",
    "https://shop\u3002example/welcome",
    f"{CLUB}/welcome",
    OURS,
]
ACTIONS = [
    "",
    EVIL,
    f"{EVIL}/letter",
    "//evil.example/letter",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "letter",
    "?x",
    "https://shop.example.evil.example/",
    "https://shop.example@evil.example/",
    "https://shop.example:8443/",
    "http://shop.example/letter",
    CLUB,
    "/letter\r\nX: y",
    "/\t/evil.example",
    " /letter",
    "/" + "x" * 3000,
]
STATES = ["a\r\nLocation: x", "a\nb", "\x7f", "x" * 1025, "\x85", "\u2028"]
SAID: list[tuple[str, str, Mapping[str, Any], int, str]] = [
    *(("tickets", "return_to", {**HOSTED, "return_to": one}, 403, "return_url") for one in RETURNS),
    *(("requirements", "return_to", {"return_to": one}, 403, "return_url") for one in RETURNS),
    *(("fragments", "action", {"action": one}, 403, "action_place") for one in ACTIONS),
    *(("tickets", "state", {**HOSTED, "state": one}, 400, "request_body") for one in STATES),
    *(
        ("requirements", "state", {"return_to": WELCOME, "state": one}, 400, "request_body")
        for one in STATES
    ),
    *(
        ("tickets", "origin", {**TICKETS, "origin": one}, 403, "token_origin")
        for one in (None, EVIL, CLUB, "null", f"{SHOP}/", SHOP.upper(), "*")
    ),
    *(
        ("tickets", "mode", {**TICKETS, "mode": one}, 400, "request_body")
        for one in ("element", "htmx", "include", "result", "", None)
    ),
    *(
        (path, "site", {**body, "site": one}, 401, "token_issuer")
        for path, body in (
            ("tickets", TICKETS),
            ("fragments", {"action": "/a"}),
            ("requirements", {}),
        )
        for one in ("club", "acme.club", "other.shop", "")
    ),
    *(
        (path, "sub", {**body, "sub": one}, 400, "token_subject")
        for path, body in (
            ("tickets", TICKETS),
            ("fragments", {"action": "/a"}),
            ("requirements", {}),
        )
        for one in ("", "x" * 256, "é" * 128, "a\nb", "a\r\nSet-Cookie: b=c")
    ),
    *(
        (path, "clock", {**body, "clock": 1}, 403, "token_clock")
        for path, body in (
            ("tickets", TICKETS),
            ("fragments", {"action": "/a"}),
            ("requirements", {}),
        )
    ),
    *(
        (path, "moment", {**body, "moment": one}, 400, "unknown_moment")
        for path, body in (
            ("tickets", TICKETS),
            ("fragments", {"action": "/a"}),
            ("requirements", {}),
        )
        for one in (
            {"on": "x"},
            {"name": EMOJI * 64},
            {"step": "x" * 256},
            {"on": 7},
            {"claims": "x"},
        )
    ),
]


def _said() -> Iterator[Attack]:
    for path, member, body, status, code in SAID:
        value = body[member]
        name = f"{path} said: {member} {str(value)[:60]!r} {len(str(value))}"
        yield Attack(name, partial(_asked, path, body), status, code, 1)


# What a page says of the moment


MOMENTS: list[dict[str, str]] = [
    {"on": "x"},
    {"on": "login\r\nX: y"},
    {"name": "x" * 256},
    {"name": EMOJI * 64},
    {"step": EMOJI * 255, "name": EMOJI * 255},
    {"step": "x" * 100_000},
]
DETAILS = ["[]", "7", "{", '{"a":{}}', '{"a":[1]}', '{"a":1,"a":2}', '{"a":"\\ud800"}']
DETAILS += ['{"a":"\\u0000"}', '{"a":' * 3000, '{"a":"' + "x" * 3000 + '"}', '{"a":1e999}']


async def _exchanging(fields: Mapping[str, str], arena: Arena) -> Sent:
    return (await exchanged(arena, Mint("element", someone()).says())).typed(**fields)


async def _mounting(query: Mapping[str, str], _: Arena) -> Sent:
    told = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    token = Mint("htmx", someone()).says()
    return get(f"{SITE}/fragments/4?{told}", authorization=f"Bearer {token}", origin=SHOP)


def _moments() -> Iterator[Attack]:
    for number, fields in enumerate(MOMENTS):
        status, code = 400, "unknown_moment"
        yield Attack(f"moment at exchange: {number}", partial(_exchanging, fields), status, code, 1)
        yield Attack(f"moment at mount: {number}", partial(_mounting, fields), status, code, 1)
        later = partial(_later, fields)
        yield Attack(f"moment later: {number}", later, status, code, 0, 1)
    for number, details in enumerate(DETAILS):
        wrong = partial(_exchanging, {"on": "event", "name": "plan_chosen", "details": details})
        yield Attack(f"moment at exchange: details {number}", wrong, 400, "unknown_moment", 1)
    for view in ("x", "editor", "profile ", "x" * 3000):
        wrong = partial(_exchanging, {"view": view})
        yield Attack(f"moment at exchange: view {view[:9]}", wrong, 400, "unknown_moment", 1)


async def _later(fields: Mapping[str, str], arena: Arena) -> Sent:
    return (await MOMENT.sends(arena)).typed(**fields)


# Addresses

PATHS = [
    "/v1/sites/acme.nowhere/fragments/4",
    "/v1/sites/acme.shop./fragments/4",
    "/v1/sites/.acme.shop/fragments/4",
    "/v1/sites/ACME.SHOP/fragments/4",
    "/v1/sites/acme.shop%00/fragments/4",
    "/v1/sites/acme.shop%20/fragments/4",
    "/v1/sites/acme.shop;x=1/fragments/4",
    "/v1/sites/acme.shop%3Fx/fragments/4",
    "/v1/sites/%ED%A0%80/fragments/4",
    "/v1/sites/%EF%BD%81cme.shop/fragments/4",
    "/v1/sites/../../etc/passwd/fragments/4",
    "/v1/sites/..%2f..%2fetc%2fpasswd/fragments/4",
    "/v1/sites/acme.club/../acme.shop/fragments/4",
    "/v1/sites/acme.club%2F..%2Facme.shop/fragments/4",
    "/v1/sites/acme.shop/fragments/4/../../exchange",
    "/v1/sites/acme.shop/fragments/4%2Fanswers%00",
    "/v1/sites/acme.shop/fragments/%2e%2e/4",
    "/v1/sites/acme.shop/fragments/3",
    "/v1/sites/acme.shop/fragments/hosted",
    "/v1/sites/acme.shop/fragments/include",
    "/v1/sites/acme.shop/fragments/4/anything",
    "/v1/sites/" + "x" * 20_000 + "/fragments/4",
    "/v1/sites/" + "acme.shop/" * 2000 + "fragments/4",
    "/v1/sites//fragments/4",
    "/v1/frames/x/y",
    "/embed/1.0.0/..%2f..%2fapp%2fmain.py",
    "/embed/1.0.0/../../app/main.py",
    "/embed/1.0.0/loader.js%00.css",
    "/embed/themes/acme.shop/..%2f..%2fmain.py",
]


def _paths() -> Iterator[Attack]:
    for number, path in enumerate(PATHS):
        yield Attack(f"path: {number} {path[:50]}", partial(_at, path), 404, _code_of(path))


def _code_of(path: str) -> str:
    """None where there is no such address at all."""
    parts = unquote(path).split("/")
    if len(parts) != 6 or parts[2] != "sites" or not parts[3]:
        return ""
    return "unknown_path" if parts[3] == "acme.shop" else "unknown_site"


async def _at(path: str, arena: Arena) -> Sent:
    token = Mint("htmx").says()
    return get(path, authorization=f"Bearer {token}", origin=SHOP)


# Frames


def _frames() -> Iterator[Attack]:
    for place in ("document", "empty", "embed", "object", "frame"):
        shown = get(f"{SITE}/frame", sec_fetch_dest=place)
        yield Attack(f"frame: in {place}", partial(_as_it_is, shown), 403, "ticket_place")
    unseen = get(f"{SITE}/frame", sec_fetch_dest="iframe", sec_purpose="prefetch")
    yield Attack("frame: prefetched", partial(_as_it_is, unseen), 403, "ticket_place")
    unlisted = get("/v1/sites/acme.desk/frame", sec_fetch_dest="iframe")
    yield Attack("frame: of a site without", partial(_as_it_is, unlisted), 403, "token_mode")


async def _as_it_is(sent: Sent, _: Arena) -> Sent:
    return sent


def attacks() -> Iterator[Attack]:
    """Each of them."""
    yield from _bodies()
    yield from _said()
    yield from _moments()
    yield from _paths()
    yield from _frames()
