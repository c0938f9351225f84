"""Forms that were not made for this, here, by us, or that come from elsewhere than their page."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec

from app.domain.flows import open_flow, seal_flow
from app.domain.tokens import StepToken, open_token
from app.lib.sealing import Keyring
from tests.unit.attacks.arena import Arena, Attack, Sent
from tests.unit.attacks.doors import (
    DOORS,
    FORMS,
    MOMENT,
    Door,
    Form,
    Mint,
    exchanged,
    open_page,
    page_of,
    renewed,
    someone,
)
from tests.unit.signing import OURS, SHOP
from tests.unit.world import CLUB, VERA

WWW = "https://www.shop.example"
EVIL = "https://evil.example"
STATUS = {"token_site": 403, "token_mode": 403, "token_origin": 403, "flow_mismatch": 403}
STATUS |= {"origin_missing": 403, "origin_null": 403, "not_editable": 403, "not_skippable": 403}
HOSTED = tuple(form for form in FORMS if form.page.startswith("hosted"))


class Wrong(NamedTuple):
    """What stands in a form instead of its token, and why it is refused."""

    name: str
    code: str
    token: Callable[[Arena, StepToken], str]


def changed(**members: Any) -> Callable[[Arena, StepToken], str]:
    """A token of ours that says something else."""
    return lambda arena, token: arena.world.sealed(msgspec.structs.replace(token, **members))


def said(text: str) -> Callable[[Arena, StepToken], str]:
    return lambda _arena, _token: text


def by_a_stranger(_: Arena, token: StepToken) -> str:
    ring = Keyring.from_secrets(("somebody else's secret, long enough too",))
    return ring.seal(f"token/1/{token.purpose}", msgspec.msgpack.encode(token))


def bent(arena: Arena, token: StepToken) -> str:
    """With one letter another."""
    text = arena.world.sealed(token)
    return text[:40] + ("A" if text[40] != "A" else "B") + text[41:]


def aged(arena: Arena, token: StepToken) -> str:
    day = int(timedelta(days=1, seconds=1).total_seconds())
    return arena.world.sealed(msgspec.structs.replace(token, iat=token.iat - day))


WRONG = [
    Wrong("nothing", "token_missing", said("")),
    Wrong("a word", "token_unreadable", said("x")),
    Wrong("digits of another script", "token_unreadable", said("\u0661\u0662\u0663")),
    Wrong("oversized", "token_too_large", said("x" * 60_000)),
    Wrong("sealed by a stranger", "token_unreadable", by_a_stranger),
    Wrong("bent", "token_unreadable", bent),
    Wrong("yesterday's", "token_expired", aged),
    *(
        Wrong(f"for {purpose}", "token_unreadable", changed(purpose=purpose))
        for purpose in ("step", "editor", "frame")
    ),
    Wrong("another site's", "token_site", changed(site="acme.club")),
    Wrong("another workspace's", "token_site", changed(site="other.shop")),
    Wrong("of a page we do not list", "token_origin", changed(origin=EVIL)),
]
MODES = [
    Wrong(f"of {mode}", "token_mode", changed(presentation=mode))
    for mode in ("2", "4", "frame", "include", "hosted")
]
RELEASE = Wrong("of a release that never was", "token_expired", changed(release=99))
FLOWS: list[tuple[str, str, Callable[[str], str]]] = [
    ("no errand", "flow_unreadable", lambda _: ""),
    ("an errand of nobody's", "flow_unreadable", lambda _: "x" * 90),
    ("a bent errand", "flow_unreadable", lambda sealed: sealed[:-5] + "AAAAA"),
    ("an oversized errand", "flow_unreadable", lambda _: "x" * 20_000),
]


async def _opened(arena: Arena, form: Form) -> StepToken:
    text = (await page_of(arena, form.page))["_t"]
    return open_token(arena.world.keyring, text, form.purpose, arena.world.runtime.now())


def _status(code: str) -> int:
    return STATUS.get(code, 401)


def _with(form: Form, wrong: Wrong) -> Attack:
    async def makes(arena: Arena) -> Sent:
        token = wrong.token(arena, await _opened(arena, form))
        return (await form.sends(arena)).typed(**{form.field: token})

    return Attack(f"{form.name}: {wrong.name}", makes, _status(wrong.code), wrong.code)


def _wrongs(form: Form) -> Iterator[Wrong]:
    own = form.page.split()[0]
    yield from (one for one in WRONG if one.name != f"for {form.purpose}" and _tells(form, one))
    yield from (one for one in MODES if form is not MOMENT and one.name != f"of {own}")
    if form.purpose == "step":
        yield RELEASE


def _tells(form: Form, wrong: Wrong) -> bool:
    # A hosted page's origin is our own, whatever stands there.
    return not (form in HOSTED and wrong.code == "token_origin")


# Where they come from


class From(NamedTuple):
    """What a browser, or somebody without one, says of where a request comes from."""

    name: str
    code: str
    headers: Mapping[str, str | None]


def _from(own: str) -> list[From]:
    """Everywhere but `own`."""
    others = [EVIL, CLUB, WWW, SHOP, OURS, f"{own}:8443", own.upper(), f"{own}.evil.example"]
    others += [own.replace("https", "http"), f"{own}/", f"https://x@{own[8:]}", "file://", " "]
    found = [From(f"from {one!r}", "token_origin", {"origin": one}) for one in others if one != own]
    found.append(From("from a sandboxed page", "origin_null", {"origin": "null"}))
    same = {"origin": "null", "sec_fetch_site": "same-origin"}
    found.append(From("from a sandboxed page of ours", "origin_null", same))
    nowhere = [None, "cross-site", "same-site", "none"]
    found += [
        From(f"from nowhere, {site}", "origin_missing", {"origin": None, "sec_fetch_site": site})
        for site in nowhere
    ]
    if own == SHOP:
        vouched: dict[str, str | None] = {"origin": None, "sec_fetch_site": "same-origin"}
        found.append(From("from a page of ours", "origin_missing", vouched))
    return found


def _coming(name: str, sends: Callable[[Arena], Awaitable[Sent]], come: From) -> Attack:
    async def makes(arena: Arena) -> Sent:
        return (await sends(arena)).but(**come.headers)

    return Attack(f"{name}: {come.name}", makes, 403, come.code)


async def _shown(door: Door, arena: Arena) -> Sent:
    return await door.sends(arena, Mint(door.kind).says())


def _origins() -> Iterator[Attack]:
    for form in FORMS:
        for come in _from(form.origin):
            yield _coming(form.name, form.sends, come)
    for door in DOORS[:5]:
        for come in _from(OURS if door.kind == "element" else SHOP):
            # A page of ours may mount with anybody's: then the assertion alone says whose it is.
            if door.kind == "element" or come.name != "from a page of ours":
                yield _coming(door.name, partial(_shown, door), come)


# What belongs to somebody else


async def _renewal_of(arena: Arena, **claims: Any) -> Sent:
    """A form that is open, renewed by whoever these claims name."""
    return await renewed(arena, Mint("element", someone()).says(**claims))


async def _renewal_of_a_fragment(arena: Arena) -> Sent:
    sub = someone()
    page = await open_page(arena, "4", sub)
    return (await renewed(arena, Mint("element", sub).says())).typed(_t=page["_t"])


async def _renewal_elsewhere(arena: Arena) -> Sent:
    sub = someone()
    page = await open_page(arena, "frame", sub)
    sent = await renewed(arena, Mint("element", sub).says(origin=WWW))
    return sent.typed(_t=page["_t"], embedder=WWW)


async def _relayed(arena: Arena, sub: str, **changes: Any) -> Sent:
    """The form of one person, relayed in the name of another."""
    step = await arena.world.fetch(sub=sub, sid=sub)
    fields = {**step.sends("Save"), "company": "Mallory's"}
    token = open_token(arena.world.keyring, fields["_t"], "step", arena.world.runtime.now())
    fields["_t"] = arena.world.sealed(msgspec.structs.replace(token, **changes))
    (door,) = [one for one in DOORS if one.name == "fragments"]
    sent = await door.sends(arena, Mint("client").says())
    body = {"sub": VERA, "action": "/letter", "submit": fields}
    return sent._replace(body=msgspec.json.encode(body))


async def _errand_of_another(arena: Arena) -> Sent:
    page, other = await page_of(arena, "hosted"), await open_page(arena, "hosted", someone())
    return await HOSTED[0].sends(arena, {**page, "_f": other["_f"]})


async def _returns(arena: Arena, **changes: Any) -> Sent:
    """The way back of an errand that says something else."""
    page = await page_of(arena, "hosted")
    keyring, now = arena.world.keyring, arena.world.runtime.now()
    flow = msgspec.structs.replace(open_flow(keyring, page["_f"], now), **changes)
    sent = await HOSTED[0].sends(arena, {"_f": arena.world.keep(seal_flow(keyring, flow))})
    return sent._replace(target="/v1/hosted/sites/acme.shop/flow/returns")


async def _unlisted(arena: Arena, form: Form) -> Sent:
    """A form of a site that lists its mode no more."""
    token = msgspec.structs.replace(await _opened(arena, form), site="acme.desk")
    sent = (await form.sends(arena)).typed(**{form.field: arena.world.sealed(token)})
    return sent._replace(target=form.path.replace("acme.shop", "acme.desk"))


async def _unlisted_exchange(arena: Arena) -> Sent:
    sent = await exchanged(arena, Mint("element").says())
    return sent._replace(target="/v1/sites/acme.desk/exchange")


async def _not_skippable(arena: Arena) -> Sent:
    sub = someone()
    page = await arena.world.mount("4", sub=sub, query={"on": "click", "name": "must"})
    return await FORMS[1].sends(arena, {"_t": page.token})


async def _of_an_answer_it_may_not_change(arena: Arena) -> Sent:
    form = next(one for one in FORMS if one.name == "4 edit")
    token = await _opened(arena, form)
    plan = arena.world.runtime.releases.active("acme").attribute_id("plan")  # type: ignore[union-attr]
    sealed = arena.world.sealed(msgspec.structs.replace(token, fields=(plan,)))
    return (await form.sends(arena)).typed(_t=sealed, plan="gold")


OTHERS = [
    Attack(
        "renewal: another person's form",
        lambda a: _renewal_of(a),
        401,
        "token_subject",
        looks=1,
    ),
    Attack("renewal: of a fragment", _renewal_of_a_fragment, 403, "token_site", looks=1),
    Attack("renewal: at the other origin", _renewal_elsewhere, 401, "token_subject", looks=1),
    Attack(
        "relayed: somebody else's",
        lambda a: _relayed(a, someone()),
        403,
        "token_subject_mismatch",
        looks=1,
    ),
    Attack(
        "relayed: another site's",
        lambda a: _relayed(a, VERA, site="acme.club"),
        403,
        "token_site",
        looks=1,
    ),
    *(
        Attack(
            f"relayed: of {mode}",
            lambda a, mode=mode: _relayed(a, VERA, presentation=mode),  # type: ignore[misc]
            403,
            "token_mode",
            looks=1,
        )
        for mode in ("2", "4", "frame", "hosted")
    ),
    *(
        Attack(
            f"relayed: for {purpose}",
            lambda a, purpose=purpose: _relayed(a, VERA, purpose=purpose),  # type: ignore[misc]
            400,
            "form_unreadable",
            looks=1,
        )
        for purpose in ("editor", "frame")
    ),
    Attack("hosted: another errand", _errand_of_another, 403, "flow_mismatch"),
    Attack("returns: of another site", lambda a: _returns(a, site="acme.club"), 403, "token_site"),
    Attack(
        "returns: to another place",
        lambda a: _returns(a, return_to=f"{EVIL}/welcome"),
        403,
        "return_url",
        asks=1,
    ),
    Attack("step: skipped that may not be", _not_skippable, 403, "not_skippable"),
    Attack(
        "editor: an answer it may not change", _of_an_answer_it_may_not_change, 403, "not_editable"
    ),
    *(
        Attack(
            f"unlisted mode: {form.name}",
            lambda a, form=form: _unlisted(a, form),  # type: ignore[misc]
            403,
            "token_mode",
        )
        for form in FORMS
    ),
]


def _errands() -> Iterator[Attack]:
    for name, code, wrong in FLOWS:

        async def makes(arena: Arena, wrong: Callable[[str], str] = wrong) -> Sent:
            page = await page_of(arena, "hosted")
            return await HOSTED[0].sends(arena, {**page, "_f": wrong(page["_f"])})

        yield Attack(f"hosted: {name}", makes, 401, code)


def attacks() -> Iterator[Attack]:
    """Each of these at each form that it is for."""
    yield from (_with(form, wrong) for form in FORMS for wrong in _wrongs(form))
    yield from _origins()
    yield from _errands()
    yield from OTHERS
