"""The site token: a short-lived JWT that a site's backend signs with one of the site's keys."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from app.domain.refusals import Code, Refused
from app.domain.sites import Site, SiteKey
from app.lib import base64url
from app.lib.signatures import (
    Compact,
    Malformed,
    UnknownHeader,
    UnusableKey,
    Verifier,
    algorithm,
    key_id,
)
from app.lib.strict_json import read_object

Fetched = Mapping[str, SiteKey]
TOKEN_BYTES = 8 * 1024
_NONE: Fetched = MappingProxyType({})
SKEW = 30  # seconds by which two honest clocks may differ
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def public_id(workspace: str, site: str) -> str:
    """A site's name to the world, as `iss` and paths hold it. Neither part can hold a dot."""
    return f"{workspace}.{site}"


def read_token(text: str, typ: str) -> Compact:
    """A token of that type, its signature unseen. Raises Refused."""
    if not text:
        raise Refused("token_missing")
    if len(text) > TOKEN_BYTES:
        raise Refused("token_too_large")
    try:
        token = Compact.read(text)
    except Malformed:
        raise Refused("token_malformed") from None
    except UnknownHeader:
        raise Refused("token_header") from None
    if token.header.typ != typ:
        raise Refused("token_header")
    return token


def said_issuer(text: str) -> str:
    """Whom a token says it is from, proved or not and whatever else is wrong with it."""
    parts = text.strip(" ").split(".")
    if len(parts) != 3 or len(text) > TOKEN_BYTES:
        return ""
    try:
        return str(read_object(base64url.decode(parts[1])).get("iss", ""))
    except ValueError:
        return ""


def said_key(text: str) -> str | None:
    """Which key a token names, proved or not; None for what has no header of ours."""
    if len(text) > TOKEN_BYTES:
        return None
    try:
        return key_id(text)
    except (Malformed, UnknownHeader):
        return None


def find_key(token: Compact, site: Site, fetched: Fetched = _NONE) -> SiteKey:
    """The site's own key that the header names, if it is one for that algorithm.

    `fetched` are those of the address that the site pins, by their ids. Raises Refused. What the
    header says is compared with what is stored, never followed.
    """
    key = site.key(token.header.kid) or fetched.get(token.header.kid)
    if key is None:
        raise Refused("token_key")
    if algorithm(token.header.alg) != algorithm(key.alg):
        raise Refused("token_algorithm")
    return key


def read_claims(token: Compact) -> dict[str, Any]:
    """What the token says, as yet unproved. Raises Refused."""
    try:
        return token.claims()
    except Malformed:
        raise Refused("token_malformed") from None


def check_common(
    claims: Mapping[str, Any], issuer: str, audience: str, at: datetime, lifetime: int
) -> tuple[int, int]:
    """`iss` and `aud` as one string each, and a short life that is now: its bounds in seconds.

    Raises Refused.
    """
    if claims.get("iss") != issuer:
        raise Refused("token_issuer")
    if claims.get("aud") != audience:
        raise Refused("token_audience")
    now = at.timestamp()
    issued, expires = numeric_date(claims, "iat"), numeric_date(claims, "exp")
    if issued is None or expires is None:
        raise Refused("token_claims")
    if max(issued, numeric_date(claims, "nbf") or 0) > now + SKEW:
        raise Refused("token_early")
    if not issued < expires <= issued + lifetime:
        raise Refused("token_lifetime")
    if expires <= now - SKEW:
        raise Refused("token_expired")
    return issued, expires


def check_signature(token: Compact, key: SiteKey, environ: Mapping[str, str] | None = None) -> None:
    """Raise Refused unless that key signed the token. The one dear check: it comes last.

    A shared secret is read from the environment (or `environ`) by the name the key gives.
    """
    verifier = key.verifier if key.secret_env is None else _sharing(key, key.secret_env, environ)
    if not verifier.holds(token):
        raise Refused("token_signature")


def _sharing(key: SiteKey, name: str, environ: Mapping[str, str] | None) -> Verifier:
    secret = (os.environ if environ is None else environ).get(name, "")
    try:
        return _verifier(key.alg, secret)
    except UnusableKey:
        raise Refused("key_unusable") from None


@lru_cache(maxsize=256)
def _verifier(name: str, secret: str) -> Verifier:
    return Verifier(name, secret.encode("utf-8"))


def numeric_date(claims: Mapping[str, Any], name: str) -> int | None:
    """A NumericDate (RFC 7519 section 2) in whole seconds, or None. Raises Refused."""
    written = claims.get(name)
    if written is None:
        return None
    # `true` is an int to Python; 2^32 seconds end in 2106, which every datetime can hold.
    if type(written) is not int or not 0 < written < 2**32:
        raise Refused("token_claims")
    return written


def moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A NumericDate as a moment, or None. Raises Refused."""
    seconds = numeric_date(claims, name)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def identifier(
    claims: Mapping[str, Any], name: str, code: Code = "token_claims", shortest: int = 1
) -> str:
    """A text that can be a key: at most 255 bytes of UTF-8, no control characters.

    Raises Refused with `code`, also when there is none. Lone surrogates never come this far.
    """
    written = claims.get(name)
    if not isinstance(written, str) or _CONTROL.search(written):
        raise Refused(code)
    if not shortest <= len(written.encode("utf-8")) <= 255:
        raise Refused(code)
    return written
