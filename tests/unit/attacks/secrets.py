"""What is good once, or no more: tickets, codes, assertions, forms from before a log-out, keys."""

import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import delete, update

from app.domain.api_keys import ApiKey, create_key, revoke_key
from app.domain.backchannel import SCOPES
from app.domain.tables import subjects
from app.domain.tables import tickets as stored
from app.domain.tickets import Ticket, TicketBody, issue_ticket
from tests.auth0 import PARAMETER, Tenant, sign
from tests.unit.attacks.arena import Arena, Attack, Sent, get, posted, told
from tests.unit.attacks.doors import (
    API,
    DOORS,
    FORMS,
    SITE,
    TENANT,
    TICKETS,
    Form,
    Mint,
    exchanged,
    open_page,
    renewed,
    someone,
)
from tests.unit.signing import OURS, SHOP
from tests.unit.world import CLUB, STATE, Shown

WWW = "https://www.shop.example"
EVIL = "https://evil.example"
Makes = Callable[[Arena], Awaitable[Sent]]
FRAMED = {"sec-fetch-dest": "iframe", "referer": f"{SHOP}/"}
PLACES = ("document", "iframe", "empty", "embed", "object", "frame", "image", "script", "worker")
UNSEEN = ("prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip")


def frame_at(path: str) -> Sent:
    """What an iframe in a page of Shop's sends."""
    return Sent("GET", path, FRAMED)


def page_at(path: str) -> Sent:
    """What a browser sends that is sent there."""
    return get(path, sec_fetch_dest="document")


async def ticketed(arena: Arena, **headers: str | None) -> Sent:
    return frame_at(await arena.world.ticket(sub=someone())).but(**headers)


async def errand(arena: Arena, **headers: str | None) -> Sent:
    return page_at(await arena.world.errand(sub=someone())).but(**headers)


async def posted_by(arena: Arena, **headers: str | None) -> Sent:
    """The ticket in a form that posts into a named iframe."""
    return (await ticketed(arena, referer=None, **headers))._replace(method="POST")


def again(makes: Makes) -> Makes:
    """The same once more, after the other process has answered it."""

    async def twice(arena: Arena) -> Sent:
        sent = await makes(arena)
        answer = await arena.send(sent, arena.other)
        assert answer.status_code < 400, answer.text
        return sent

    return twice


async def _log_out(arena: Arena, sub: str) -> None:
    assert await arena.world.log_out(sub) == 204


async def _erase(arena: Arena, sub: str) -> None:
    gone = delete(subjects).where(subjects.c.subject == sub)
    await arena.world.database.write(lambda connection: connection.execute(gone))


def _after(
    ends: Callable[[Arena, str], Awaitable[None]], makes: Callable[[Arena, str], Awaitable[Sent]]
) -> Makes:
    """Somebody's request, which is sent when all that they were shown has ended."""

    async def late(arena: Arena) -> Sent:
        sub = someone()
        sent = await makes(arena, sub)
        await ends(arena, sub)
        return sent

    return late


after_a_log_out = partial(_after, _log_out)
after_an_erasure = partial(_after, _erase)


async def _expired(arena: Arena, makes: Makes) -> Sent:
    sent = await makes(arena)
    over = update(stored).values(expires_at=arena.world.runtime.now())
    await arena.world.database.write(lambda connection: connection.execute(over))
    return sent


async def _elsewhere(arena: Arena, makes: Makes, kind: str) -> Sent:
    """A ticket where one of another kind is spent."""
    sent = await makes(arena)
    return sent._replace(target=f"/v1/{kind}/{sent.target.rpartition('/')[2]}")


async def _reloaded(arena: Arena, makes: Makes, **headers: str | None) -> Sent:
    """A spent ticket, with the cookie of the browser that spent it."""
    sent = await makes(arena)
    shown = Shown(await arena.send(sent))
    return sent.but(cookie=shown.cookie).but(**headers)


async def _reloaded_by(arena: Arena, sub: str) -> Sent:
    path = await arena.world.ticket(sub=sub)
    return await _reloaded(arena, lambda _: _as_it_is(frame_at(path)))


async def _resumed_by(arena: Arena, sub: str) -> Sent:
    path = await arena.world.errand(sub=sub)
    return await _reloaded(arena, lambda _: _as_it_is(page_at(path)))


async def _as_it_is(sent: Sent) -> Sent:
    return sent


async def _of_a_site_without_frames(arena: Arena) -> Sent:
    runtime = arena.world.runtime
    body = TicketBody(someone(), origin=SHOP)
    ticket = Ticket("acme", "desk", "frame", body)
    text = await arena.world.database.write(issue_ticket, runtime.keyring, ticket, runtime.now())
    return frame_at(f"/v1/frames/{text}")


def _tickets() -> Iterator[Attack]:
    spent = ("tickets",)
    yield Attack("ticket: twice", again(ticketed), 410, "ticket_spent", asks=1)
    yield Attack("errand: twice", again(errand), 410, "ticket_spent", asks=1)
    for place in PLACES:
        for name, makes, own in (("ticket", ticketed, "iframe"), ("errand", errand, "document")):
            if place != own:
                into = partial(makes, sec_fetch_dest=place)
                yield Attack(f"{name}: in {place}", into, 403, "ticket_place")
    for name, makes in (("ticket", ticketed), ("errand", errand)):
        for purpose in UNSEEN:
            unseen = partial(makes, sec_purpose=purpose)
            yield Attack(f"{name}: {purpose}", unseen, 403, "ticket_place")
        over = partial(_expired, makes=makes)
        yield Attack(f"{name}: a minute later", over, 410, "ticket_spent", asks=1)
    for one in (f"{EVIL}/", f"{CLUB}/", f"{WWW}/", f"{SHOP}.evil.example/", "about:srcdoc", "x"):
        framed = partial(ticketed, referer=one)
        yield Attack(f"ticket: in a page of {one}", framed, 403, "ticket_place", 0, 1, spent)
        sandboxed = partial(posted_by, origin="null")
        sandboxed = partial(_with, sandboxed, referer=one)
        yield Attack(
            f"ticket: in a sandboxed page of {one}", sandboxed, 403, "ticket_place", 0, 1, spent
        )
        framed = partial(_reloaded, makes=ticketed, referer=one)
        yield Attack(f"ticket: reloaded by {one}", framed, 403, "ticket_place", asks=1)
    for one in (EVIL, CLUB, WWW, OURS, f"{SHOP}:8443", SHOP.upper()):
        posting = partial(posted_by, origin=one)
        yield Attack(f"ticket: posted by {one}", posting, 403, "ticket_place", 0, 1, spent)
    swapped = partial(_elsewhere, makes=ticketed, kind="hosted")
    yield Attack(
        "ticket: as an errand",
        partial(_with, swapped, sec_fetch_dest="document"),
        410,
        "ticket_spent",
        asks=1,
    )
    swapped = partial(_elsewhere, makes=errand, kind="frames")
    yield Attack(
        "errand: as a ticket",
        partial(_with, swapped, sec_fetch_dest="iframe"),
        410,
        "ticket_spent",
        asks=1,
    )
    for kind, at in (("frames", frame_at), ("hosted", page_at)):
        for name, text, asks in (
            ("unknown", "x" * 43, 1),
            ("short", "x", 0),
            ("long", "x" * 9000, 0),
            ("not even text", "%00%FF", 0),
        ):
            yield Attack(
                f"ticket of {kind}: {name}",
                partial(_nothing, at(f"/v1/{kind}/{text}")),
                410,
                "ticket_spent",
                asks=asks,
            )
    yield Attack(
        "ticket: before a log-out",
        after_a_log_out(_by(frame_at, "ticket")),
        401,
        "token_revoked",
        0,
        2,
        spent,
    )
    yield Attack(
        "errand: before a log-out",
        after_a_log_out(_by(page_at, "errand")),
        401,
        "token_revoked",
        0,
        2,
        spent,
    )
    yield Attack(
        "ticket: reloaded after a log-out",
        after_a_log_out(_reloaded_by),
        401,
        "token_revoked",
        asks=2,
    )
    yield Attack(
        "errand: resumed after a log-out",
        after_a_log_out(_resumed_by),
        401,
        "token_revoked",
        asks=2,
    )
    yield Attack(
        "ticket: reloaded after an erasure",
        after_an_erasure(_reloaded_by),
        401,
        "token_revoked",
        asks=2,
    )
    yield Attack(
        "errand: resumed after an erasure",
        after_an_erasure(_resumed_by),
        401,
        "token_revoked",
        asks=2,
    )
    yield Attack(
        "ticket: where no frames are", _of_a_site_without_frames, 403, "token_mode", 0, 1, spent
    )
    yield Attack(
        "errand: of nobody", partial(_nothing, page_at("/v1/hosted?flow=x")), 410, "ticket_spent"
    )


async def _with(makes: Makes, arena: Arena, **headers: str | None) -> Sent:
    return (await makes(arena)).but(**headers)


async def _nothing(sent: Sent, _: Arena) -> Sent:
    return sent


def _by(at: Callable[[str], Sent], kind: str) -> Callable[[Arena, str], Awaitable[Sent]]:
    async def makes(arena: Arena, sub: str) -> Sent:
        return at(await getattr(arena.world, kind)(sub=sub))

    return makes


# Codes


async def coded(arena: Arena, state: str = STATE) -> Sent:
    """What a backend sends for the code that came back with a person."""
    page = await arena.world.visit(await arena.world.errand(sub=someone()))
    end = await arena.world.on_page(page, "fragments/skips")
    back = urlsplit(end.headers["refresh"].partition("url=")[2])
    code = arena.world.keep(dict(parse_qsl(back.query))["code"])
    return redeemed(code, Mint("client").says(), state)


def redeemed(code: str, token: str, state: str = STATE) -> Sent:
    asked = {"code": code, "state": state}
    return told(f"{API}/results", asked, authorization=f"Bearer {token}")


async def _of_another_site(arena: Arena) -> Sent:
    arena.world.keep(token := arena.world.credential("acme.club")["authorization"])
    return (await coded(arena)).but(authorization=token)


async def _a_ticket_for_a_code(arena: Arena, kind: str) -> Sent:
    path = await getattr(arena.world, kind)(sub=someone())
    return redeemed(path.rpartition("/")[2], Mint("client").says())


async def _a_code_for_a_ticket(arena: Arena, kind: str) -> Sent:
    code = (await coded(arena)).body.decode().split('"')[3]
    return frame_at(f"/v1/frames/{code}") if kind == "frames" else page_at(f"/v1/hosted/{code}")


def _codes() -> Iterator[Attack]:
    yield Attack("code: twice", again(coded), 400, "code_spent", 1, 1)
    yield Attack("code: another site's", _of_another_site, 400, "code_spent", 1, 1)
    other = partial(coded, state="another person's")
    yield Attack("code: another state's", other, 400, "code_state", 1, 1, ("tickets",))
    over = partial(_expired, makes=coded)
    yield Attack("code: a minute later", over, 400, "code_spent", 1, 1)
    for kind in ("ticket", "errand"):
        swapped = partial(_a_ticket_for_a_code, kind=kind)
        yield Attack(f"code: of an unspent {kind}", swapped, 400, "code_spent", 1, 1)
    for kind in ("frames", "hosted"):
        swapped = partial(_a_code_for_a_ticket, kind=kind)
        yield Attack(f"code: for {kind}", swapped, 410, "ticket_spent", 0, 1)
    for name, code in (("short", "x"), ("long", "x" * 9000), ("none", "")):
        sent = partial(_redeeming, code)
        yield Attack(f"code: {name}", sent, 400, "code_spent", 1)


async def _redeeming(code: str, _: Arena) -> Sent:
    return redeemed(code, Mint("client").says())


# Assertions


async def fresh_exchange(arena: Arena) -> Sent:
    return await exchanged(arena, Mint("element", someone()).says())


async def _renewed_with_a_spent_one(arena: Arena) -> Sent:
    sub = someone()
    page, token = await open_page(arena, "frame", sub), Mint("element", sub).says()
    await arena.send(await exchanged(arena, token), arena.other)
    return (await renewed(arena, token)).typed(_t=page["_t"])


async def _renewed(arena: Arena, sub: str) -> Sent:
    page = await open_page(arena, "frame", sub)
    now = int(time.time())
    early = Mint("element", sub).says(iat=now - 2, exp=now + 40)
    return (await renewed(arena, early)).typed(_t=page["_t"])


async def _of_the_same_name(arena: Arena) -> Sent:
    first, second = Mint("element", someone()), Mint("element", someone())
    await arena.send(await exchanged(arena, first.says(jti="j" * 22)), arena.other)
    return await exchanged(arena, second.says(jti="j" * 22))


async def _early(arena: Arena, sub: str, door: str) -> Sent:
    """An assertion from two seconds before; a person whom nobody saw cannot be logged out."""
    await arena.world.mount("4", sub=sub, sid=sub)
    now = int(time.time())
    (found,) = [one for one in DOORS if one.name == door]
    return await found.sends(arena, Mint(found.kind, sub).says(iat=now - 2, exp=now + 40))


def _assertions() -> Iterator[Attack]:
    yield Attack("assertion: in two processes", again(fresh_exchange), 401, "token_used", 1, 1)
    yield Attack("assertion: to renew", _renewed_with_a_spent_one, 401, "token_used", 1, 2)
    yield Attack("assertion: of one name", _of_the_same_name, 401, "token_used", 1, 1)
    for door, asks, spends in (("mount", 1, ()), ("editor", 1, ()), ("exchange", 2, ("jtis",))):
        early = after_a_log_out(partial(_early, door=door))
        name = f"assertion: at {door} before a log-out"
        yield Attack(name, early, 401, "token_revoked", 1, asks, spends)
    for what, gone in (("a log-out", after_a_log_out), ("an erasure", after_an_erasure)):
        name = f"assertion: to renew what {what} ended"
        yield Attack(name, gone(_renewed), 401, "token_revoked", 1, 1)


# Forms


async def _form_of(arena: Arena, sub: str, form: Form) -> Sent:
    return await form.sends(arena, await open_page(arena, form.page, sub))


async def _returning(arena: Arena, sub: str) -> Sent:
    page = await open_page(arena, "hosted", sub)
    path = "/v1/hosted/sites/acme.shop/flow/returns"
    return posted(path, {"_f": page["_f"]}, origin=OURS)


async def _relaying(arena: Arena, sub: str) -> Sent:
    step = await arena.world.fetch(sub=sub, sid=sub)
    fields = {**step.sends("Save"), "company": "Acme Paper Works Ltd"}
    body = {"sub": sub, "action": "/letter", "submit": fields}
    token = Mint("client").says()
    return told(f"{API}/fragments", body, authorization=f"Bearer {token}")


def _forms() -> Iterator[Attack]:
    # SQLite's one writer tries a verb that failed among others by itself: it reads twice.
    for name, gone in (("a log-out", after_a_log_out), ("an erasure", after_an_erasure)):
        for form in FORMS:
            late = gone(partial(_form_of, form=form))
            yield Attack(f"after {name}: {form.name}", late, 401, "token_revoked", asks=2)
        yield Attack(f"after {name}: going back", gone(_returning), 401, "token_revoked", asks=1)
        # What the backend is told is that the form has expired: it asks anew for its page.
        yield Attack(f"after {name}: relayed", gone(_relaying), 200, "token_revoked", 1, 2)


# Keys


async def _keyed(arena: Arena, spoil: str = "", **changes: Any) -> Sent:
    """A request for a ticket with a key like that; `spoil` is what its text ends in."""
    wanted = ApiKey("", "acme", "shop", SCOPES, "", arena.world.runtime.now())._replace(**changes)
    made, text = await arena.world.database.write(create_key, wanted)
    arena.world.keep(text[-43:])
    if spoil == "revoked":
        await arena.world.database.write(revoke_key, made.id, arena.world.runtime.now())
    elif spoil:
        text = text[: -len(spoil)] + spoil
    return asked_with(f"Bearer {text}")


def asked_with(authorization: str) -> Sent:
    body = {"sub": someone(), **TICKETS}
    return told(f"{API}/tickets", body, authorization=authorization)


async def _with_scheme(arena: Arena, scheme: str) -> Sent:
    text = (await _keyed(arena)).headers["authorization"].partition(" ")[2]
    return asked_with(f"{scheme} {text}".strip())


async def _in_the_query(arena: Arena) -> Sent:
    sent = await _keyed(arena)
    text = sent.headers["authorization"].partition(" ")[2]
    return sent.but(authorization=None)._replace(target=f"{sent.target}?key={text}")


async def _as_an_assertion(arena: Arena) -> Sent:
    sent = await _keyed(arena)
    return get(f"{SITE}/fragments/4", origin=SHOP, authorization=sent.headers["authorization"])


def _keys() -> Iterator[Attack]:
    for text in ("ak_", "ak_x", f"ak_{'0' * 12}_{'A' * 42}~", f"AK_{'0' * 12}_{'A' * 43}"):
        code = "api_key" if text.startswith("ak_") else "token_malformed"
        yield Attack(f"key: {text}", partial(_nothing, asked_with(f"Bearer {text}")), 401, code)
    yield Attack("key: guessed", partial(_keyed, spoil="A" * 20), 401, "api_key", asks=1)
    yield Attack("key: revoked", partial(_keyed, spoil="revoked"), 401, "api_key", asks=1)
    yield Attack("key: over", partial(_keyed, expires_at=_long_ago()), 401, "api_key", asks=1)
    used = ("api_keys",)  # of a live one it is noted that it was used
    gone = partial(_keyed, site="nowhere")
    yield Attack("key: of a site that is gone", gone, 401, "api_key", 0, 2, used)
    gone = partial(_keyed, workspace="nowhere")
    yield Attack("key: of a workspace that is gone", gone, 401, "api_key", 0, 2, used)
    scoped = partial(_keyed, scopes=("results", "sessions"))
    yield Attack("key: for something else", scoped, 403, "api_key_scope", 0, 2, used)
    other = partial(_keyed, site="club")
    yield Attack("key: another site's", other, 403, "token_origin", 0, 2, used)
    for scheme in ("Basic", "ak", "Token", ""):
        plain = partial(_with_scheme, scheme=scheme)
        yield Attack(f"key: as {scheme or 'nothing'}", plain, 401, "token_missing")
    yield Attack("key: in the query", _in_the_query, 401, "token_missing")
    yield Attack("key: as an assertion", _as_an_assertion, 401, "token_malformed")


def _long_ago() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 1, 1, tzinfo=UTC)


# A tenant's


async def sent_by_tenant(arena: Arena, header: dict[str, Any] | None = None, **said: Any) -> Sent:
    """Where the tenant sends the browser, with a token that says something else."""
    secret = said.pop("secret", TENANT * 2)
    state = said.pop("at", "a state of Auth0's")
    tenant, dest = Tenant(TENANT, secret), said.pop("dest", "document")
    token = tenant.encode_token({"jti": someone()}, **said)
    if header is not None:
        _, claims, _ = token.split(".")
        token = sign(header, {}, secret).split(".")[0] + f".{claims}."
    query = urlencode({PARAMETER: arena.world.keep(token), "state": state})
    return get(f"/v1/hosted/auth0/acme.shop?{query}", sec_fetch_dest=dest)


def _tenants() -> Iterator[Attack]:
    now = int(time.time())
    wrong: list[tuple[str, int, str, dict[str, Any]]] = [
        ("nobody's secret", 401, "token_signature", {"secret": "s" * 40}),
        ("alg none", 401, "token_header", {"header": {"alg": "none", "typ": "JWT"}}),
        ("no signature", 401, "token_signature", {"header": {"alg": "HS256", "typ": "JWT"}}),
        ("over", 401, "token_expired", {"iat": now - 1000, "exp": now - 100}),
        ("to come", 401, "token_early", {"iat": now + 3600, "exp": now + 3660}),
        ("a day", 401, "token_lifetime", {"exp": now + 86_400}),
        ("another tenant's", 401, "token_issuer", {"iss": "evil.eu.auth0.example"}),
        ("nobody's", 401, "token_subject", {"sub": None}),
        ("another login's", 400, "state_missing", {"state": "of another login"}),
        ("no state", 400, "state_missing", {"at": ""}),
        ("a state of two lines", 400, "state_missing", {"at": "a\r\nSet-Cookie: a=b"}),
        ("in a frame", 403, "ticket_place", {"dest": "iframe"}),
    ]
    for name, status, code, said in wrong:
        yield Attack(f"tenant: {name}", partial(sent_by_tenant, **said), status, code)
    yield Attack("tenant: twice", again(sent_by_tenant), 401, "token_used", 0, 1)


def attacks() -> Iterator[Attack]:
    """Each of them, on both databases."""
    yield from _tickets()
    yield from _codes()
    yield from _assertions()
    yield from _forms()
    yield from _keys()
    yield from _tenants()
