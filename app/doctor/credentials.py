"""The credential: a token read part by part, until all that is wrong with it is said.

A door refuses at the first fault and says nothing; who signs a token needs them all, with what it
says and what it must say. Nothing here is believed: it is for whoever holds the token already.
"""

from collections.abc import Iterator
from datetime import datetime

from app.doctor import claims
from app.doctor.cases import Ours
from app.doctor.findings import Finding
from app.doctor.keysets import said_of
from app.doctor.tokens import Expected, Token, parts_of, say, shown
from app.domain.api_keys import is_api_key
from app.domain.assertions import TYP, Door, verify_assertion
from app.domain.backchannel import TYP as CLIENT
from app.domain.backchannel import verify_client
from app.domain.refusals import Refused
from app.domain.remedies import REMEDIES
from app.domain.site_tokens import TOKEN_BYTES, check_signature
from app.domain.sites import SiteKey
from app.lib.signatures import Compact, Malformed, UnknownHeader, algorithm

_MEMBERS = ("alg", "kid", "typ")
ANYWHERE = Expected()


def diagnose(
    text: str, ours: Ours, at: datetime, expected: Expected = ANYWHERE
) -> Iterator[Finding]:
    """Everything that is wrong with a token, in the order in which a door looks."""
    text = text.strip()
    if not text:
        yield say("token_missing", "There is no token.")
        return
    if is_api_key(text):
        sentence = "This is an API key, not a token: only the running service knows whose it is."
        yield say("api_key", sentence, "askonce keys list")
        return
    if len(text) > TOKEN_BYTES:
        yield say("token_too_large", f"The token has {len(text)} characters.")
        return
    header, payload = parts_of(text)
    if header is None or payload is None:
        part = "header" if header is None else "payload"
        yield say("token_malformed", f"The token's {part} is not a JSON object in base64url.")
        return
    token = Token(header, payload, text, ours, at, expected)
    said = list(_said(token))
    yield from said
    refused = _refused(token)
    if refused and refused not in {one.code for one in said}:
        yield say(refused, REMEDIES[refused].meaning)


def _said(token: Token) -> Iterator[Finding]:
    yield from _header(token)
    yield from claims.issuer(token)
    yield from claims.audience(token)
    yield from claims.times(token)
    if not token.is_client:
        yield from claims.place(token)
        yield from claims.person(token)
    yield from _signature(token)


def _refused(token: Token) -> str:
    """What the door itself says of the token: whatever it is, it is told too."""
    workspace, _, key = token.name.partition(".")
    site, audience = token.site, token.ours.url
    try:
        if token.is_client:
            credential = f"Bearer {token.text}"
            verify_client(credential, lambda *_: site, audience, token.at, lambda _: token.keys)
        elif site:
            nonce = token.claims.get("nonce")
            embedder = token.expected.origin or None
            door = Door(
                workspace, key, site, token.mode, audience, embedder, nonce, fetched=token.keys
            )
            verify_assertion(token.text, door, token.at)
    except Refused as refused:
        return refused.code
    return ""


def _header(token: Token) -> Iterator[Finding]:
    header, typ = token.header, CLIENT if token.is_client else TYP
    extra = sorted(header.keys() - set(_MEMBERS))
    missing = [name for name in _MEMBERS if not isinstance(header.get(name), str)]
    told = f'{{"alg": "{header.get("alg", "Ed25519")}", "kid": "{header.get("kid", "k1")}"'
    change = f'{told}, "typ": "{typ}"}}'
    if extra:
        yield say("token_header", f"The header has {', '.join(extra)}, which it must not.", change)
    if missing:
        yield say("token_header", f"The header has no {', '.join(missing)} as a text.", change)
    elif header["typ"] not in (TYP, CLIENT):
        yield say("token_header", f"typ is {shown(header['typ'])} but must be {typ}.", change)
    yield from _key(token)


def _key(token: Token) -> Iterator[Finding]:
    keys, kid, alg = token.keys, token.header.get("kid"), token.header.get("alg")
    if token.site is None or not isinstance(kid, str) or not isinstance(alg, str):
        return
    key = keys.get(kid)
    if key is None:
        yield from said_of(token.ours, token.name)
        known = ", ".join(keys) or "none"
        yield say(
            "token_key",
            f"kid is {shown(kid)}, and {token.name} has the keys {known}.",
            f'"kid": "{next(iter(keys))}"' if keys else "",
        )
    elif algorithm(alg) != algorithm(key.alg):
        yield say(
            "token_algorithm",
            f"alg is {shown(alg)}, and the key {kid} of {token.name} is for {key.alg}.",
            f'"alg": "{key.alg}"',
        )


def _signature(token: Token) -> Iterator[Finding]:
    """The one question to the key; other keys of the site are tried to say whose it is."""
    kid = str(token.header.get("kid", ""))
    try:
        compact = Compact.read(token.text)
    except (Malformed, UnknownHeader):
        return
    key = token.keys.get(kid)
    if key is None or algorithm(compact.header.alg) != algorithm(key.alg):
        return
    try:
        check_signature(compact, key)
    except Refused as refused:
        if refused.code == "key_unusable":
            sentence = f"{key.secret_env} is not set here, or is shorter than 32 bytes."
            yield say(refused.code, sentence, f'{key.secret_env}="$(openssl rand -base64 48)"')
            return
        others = [one.kid for one in token.keys.values() if one is not key and _holds(compact, one)]
        told = f": the key {others[0]} did" if others else ""
        change = f'"kid": "{others[0]}"' if others else ""
        sentence = f"The key {kid} of {token.name} did not sign this token{told}."
        yield say("token_signature", sentence, change)


def _holds(token: Compact, key: SiteKey) -> bool:
    try:
        check_signature(token, key)
    except Refused:
        return False
    return True
