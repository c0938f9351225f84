"""The claims: each of a token's, with what it says and what it has to say."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.doctor.findings import Finding, doubtful
from app.doctor.tokens import Token, say, shown, written
from app.domain.assertions import LIFETIMES, UNGUESSABLE
from app.domain.backchannel import LIFETIME
from app.domain.refusals import Refused
from app.domain.site_tokens import SKEW, identifier

_LARGEST_DATE = 2**32


def issuer(token: Token) -> Iterator[Finding]:
    said, wanted = token.claims.get("iss"), token.expected.site
    if wanted and said != wanted:
        sentence = f"iss is {shown(said)} but must be {wanted}, the site that is asked."
        yield say("token_issuer", sentence, f'"iss": "{wanted}"')
    if token.site is None:
        meant = token.ours.like(token.name)
        sentence = f"There is no site {shown(token.name)}: {meant}."
        yield say("unknown_site" if wanted else "token_issuer", sentence, f'"iss": "{meant}"')


def audience(token: Token) -> Iterator[Finding]:
    said, ours = token.claims.get("aud"), token.ours.url
    if said == ours:
        return
    why = " as one text, not a list" if isinstance(said, list) else ""
    if isinstance(said, str) and said.rstrip("/") == ours:
        why = ", without the slash at its end"
    yield say(
        "token_audience", f"aud is {shown(said)} but must be {ours}{why}.", f'"aud": "{ours}"'
    )


def times(token: Token) -> Iterator[Finding]:
    """A short life that is now, by this clock."""
    claims, now = token.claims, token.at.timestamp()
    for name in ("iat", "exp", *(("nbf",) if claims.get("nbf") is not None else ())):
        if _date(claims.get(name)) is None:
            value = claims.get(name)
            yield say("token_claims", f"{name} is {shown(value)}{_misread(value)}.")
    issued, expires = _date(claims.get("iat")), _date(claims.get("exp"))
    starts = max(issued or 0, _date(claims.get("nbf")) or 0)
    if starts > now + SKEW:
        yield say(
            "token_early",
            f"The token is from the future: {round(starts - now)} seconds by this clock. The clock"
            " of who signed it is ahead, or this one is behind.",
        )
    if issued is None or expires is None:
        return
    life = LIFETIME if token.is_client else LIFETIMES[token.mode]
    if not issued < expires <= issued + life:
        yield say(
            "token_lifetime",
            f"exp is {expires - issued} seconds after iat; it may be {life} at most"
            f"{'' if token.is_client else ' in mode ' + token.mode}.",
            f'"exp": iat + {life}',
        )
    if expires <= now - SKEW:
        ago = round(now - expires)
        yield say("token_expired", f"The token expired {ago} seconds ago, at {written(expires)}.")


def _date(value: object) -> int | None:
    return value if type(value) is int and 0 < value < _LARGEST_DATE else None


def _misread(value: object) -> str:
    if value is None:
        return ", and has to be there"
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= _LARGEST_DATE:
        return ": milliseconds, where seconds are meant"
    return ", and has to be a whole number of seconds since 1970"


def place(token: Token) -> Iterator[Finding]:
    claims, site, expected = token.claims, token.site, token.expected
    mode, origin = claims.get("mode"), claims.get("origin")
    wanted = expected.mode or "htmx or element"
    if mode not in tuple(LIFETIMES) or (expected.mode and mode != expected.mode):
        yield say(
            "token_mode", f"mode is {shown(mode)} but must be {wanted}.", f'"mode": "{token.mode}"'
        )
    elif site and mode not in site.modes:
        listed = ", ".join([*site.modes, str(mode)])
        yield say(
            "token_mode", f"{token.name} does not allow the mode {mode}.", f"modes: [{listed}]"
        )
    if site and origin not in site.origins:
        yield say(
            "token_origin",
            f"origin is {shown(origin)}, and {token.name} lists {', '.join(site.origins)}.",
            f'"origin": "{expected.origin or site.origins[0]}"',
        )
    elif expected.origin and origin != expected.origin:
        yield say(
            "token_origin",
            f"origin is {shown(origin)} but the page's own is {expected.origin}.",
            f'"origin": "{expected.origin}"',
        )
    if token.mode == "element":
        for name in ("nonce", "jti"):
            yield from _identified(claims, name, "token_nonce", UNGUESSABLE)


def person(token: Token) -> Iterator[Finding]:
    claims, issued, site = token.claims, _date(token.claims.get("iat")), token.site
    yield from _identified(claims, "sub", "token_subject")
    if claims.get("sid") is not None:
        yield from _identified(claims, "sid", "token_claims")
    for name, code in (("auth_time", "token_auth_time"), ("signed_up_at", "token_claims")):
        value = claims.get(name)
        if value is None:
            continue
        if _date(value) is None:
            yield say(code, f"{name} is {shown(value)}{_misread(value)}.", f'"{name}": 1767225000')
        elif issued is not None and value > issued + SKEW:
            yield say(code, f"{name} lies {value - issued} seconds after iat.")
    traits = claims.get("traits")
    if traits is not None and not isinstance(traits, dict):
        yield say("token_claims", "traits is no object.", '"traits": {"plan": "pro"}')
    unread = sorted(
        set(traits if isinstance(traits, dict) else ()) - set(site.supplies if site else ())
    )
    if site and unread:
        listed = ", ".join([*site.supplies, *unread])
        sentence = f"{token.name} does not supply {', '.join(unread)}: they are dropped."
        yield doubtful("traits_dropped", sentence, f"supplies: [{listed}]")
    if claims.get("clock") is not None and site and not site.sandbox:
        yield say("token_clock", f"The token sets a clock, and {token.name} is no sandbox.")


def _identified(
    claims: Mapping[str, Any], name: str, code: str, shortest: int = 1
) -> Iterator[Finding]:
    try:
        identifier(claims, name, shortest=shortest)
    except Refused:
        value = claims.get(name)
        rule = f"a text of {shortest} to 255 bytes without control characters"
        yield say(code, f"{name} is {shown(value)} and has to be {rule}.")
