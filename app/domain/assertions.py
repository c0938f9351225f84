"""The assertion: a site says, signed and for one minute or five, who the person in its page is."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal, TypeGuard

import msgspec

from app.domain.refusals import Refused
from app.domain.site_tokens import (
    SKEW,
    check_common,
    check_signature,
    find_key,
    identifier,
    moment,
    public_id,
    read_claims,
    read_token,
)
from app.domain.sites import Site, SiteKey

TYP = "askonce+jwt"
AssertedMode = Literal["element", "htmx"]
LIFETIMES: dict[AssertedMode, int] = {"element": 300, "htmx": 60}  # seconds
UNGUESSABLE = 16  # characters of a nonce or jti, at least
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
# What the protocol itself uses; everything else is a claim that an audience may ask for.
_NAMES = "iss sub aud iat exp nbf jti nonce origin mode locale"
_OPTIONAL = "auth_time sid signed_up_at traits clock"
_PROTOCOL = frozenset(f"{_NAMES} {_OPTIONAL}".split())


class Door(msgspec.Struct, frozen=True):
    """Where an assertion is shown: the site of the route, and what the request itself tells.

    `audience` is our own origin; `embedder` is what `observed_origin` returned; `nonce` is the
    one that the frame made and sent along (mode `element`); `fetched` are the keys of the site's
    JWKS, by their ids.
    """

    workspace: str
    site_key: str
    site: Site
    mode: AssertedMode
    audience: str
    embedder: str | None
    nonce: str | None = None
    fetched: Mapping[str, SiteKey] = {}


class Assertion(msgspec.Struct, frozen=True):
    """What a site has proved to say. Its values never stand in a repr, and so in no log."""

    workspace: str
    site: str
    sub: str
    mode: AssertedMode
    origin: str
    issued_at: datetime
    expires_at: datetime
    locale: str | None = None
    auth_time: datetime | None = None
    sid: str | None = None
    signed_up_at: datetime | None = None
    traits: Mapping[str, Any] = {}
    claims: Mapping[str, Any] = {}
    clock: datetime | None = None  # sandbox only: the time to act at
    jti: str | None = None  # mode element: good for one use

    def __repr__(self) -> str:
        return f"Assertion({self.workspace}.{self.site}, {self.mode})"


def observed_origin(headers: Mapping[str, str]) -> str | None:
    """The origin of the page that asks, from lower-case headers; None for our own origin.

    Raises Refused: a browser leaves `Origin` out of a plain GET, and then only its
    `Sec-Fetch-Site: same-origin` (which no page can forge) says that no stranger asks; and
    `null` is every sandboxed or hidden page at once.
    """
    origin = headers.get("origin")
    if origin == "null":
        raise Refused("origin_null")
    if origin:
        return origin
    if headers.get("sec-fetch-site") == "same-origin":
        return None
    raise Refused("origin_missing")


def verify_assertion(
    text: str, door: Door, at: datetime, claimed: Callable[[str], None] = lambda _: None
) -> Assertion:
    """Who the person is, said by the site and meant for this door. Raises Refused.

    In this order: size, header, key id, claims, and last the signature, so that garbage costs
    little; `claimed` is told the `sub` before it, and may refuse. Whether a `jti` was used before
    is a question to the database, after this one.
    """
    token = read_token(text, TYP)
    key = find_key(token, door.site, door.fetched)
    claims = read_claims(token)
    issuer = public_id(door.workspace, door.site_key)
    life = check_common(claims, issuer, door.audience, at, LIFETIMES[door.mode])
    _check_place(claims, door)
    assertion = _read(claims, door, *life)
    claimed(assertion.sub)
    check_signature(token, key)
    return assertion


def _check_place(claims: Mapping[str, Any], door: Door) -> None:
    if claims.get("mode") != door.mode or door.mode not in door.site.modes:
        raise Refused("token_mode")
    origin = claims.get("origin")
    if origin not in door.site.origins or door.embedder not in (None, origin):
        raise Refused("token_origin")
    if door.mode == "element":
        nonce = identifier(claims, "nonce", "token_nonce", UNGUESSABLE)
        identifier(claims, "jti", "token_nonce", UNGUESSABLE)
        if nonce != door.nonce:
            raise Refused("token_nonce")


def _read(claims: Mapping[str, Any], door: Door, issued: int, expires: int) -> Assertion:
    return Assertion(
        workspace=door.workspace,
        site=door.site_key,
        sub=identifier(claims, "sub", "token_subject"),
        mode=door.mode,
        origin=claims["origin"],
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
        locale=_locale(claims),
        auth_time=_past(claims, "auth_time", issued),
        sid=identifier(claims, "sid") if claims.get("sid") is not None else None,
        signed_up_at=_past(claims, "signed_up_at", issued),
        traits=_traits(claims, door.site),
        claims=MappingProxyType({k: v for k, v in claims.items() if k not in _PROTOCOL}),
        clock=_clock(claims, door.site),
        jti=claims["jti"] if door.mode == "element" else None,
    )


def _past(claims: Mapping[str, Any], name: str, issued: int) -> datetime | None:
    """A moment that was over when the token was issued. Raises Refused."""
    seconds = claims.get(name)
    if seconds is None:
        return None
    if not _is_past(seconds, issued):
        raise Refused("token_auth_time" if name == "auth_time" else "token_claims")
    return datetime.fromtimestamp(seconds, UTC)


def _is_past(seconds: object, issued: int) -> TypeGuard[int]:
    return type(seconds) is int and 0 < seconds <= issued + SKEW


def _locale(claims: Mapping[str, Any]) -> str | None:
    written = claims.get("locale")
    if written is None:
        return None
    if not isinstance(written, str) or len(written) > 35 or not _LOCALE.fullmatch(written):
        raise Refused("token_claims")
    return written.replace("_", "-")


def _traits(claims: Mapping[str, Any], site: Site) -> Mapping[str, Any]:
    """What the site tells about the person, as far as it may: the rest is dropped."""
    traits = claims.get("traits")
    if traits is None:
        return MappingProxyType({})
    if not isinstance(traits, dict):
        raise Refused("token_claims")
    return MappingProxyType({k: v for k, v in traits.items() if k in site.supplies})


def _clock(claims: Mapping[str, Any], site: Site) -> datetime | None:
    if claims.get("clock") is None:
        return None
    if not site.sandbox:
        raise Refused("token_clock")
    return moment(claims, "clock")
