"""The JWKS: a site's public keys (RFC 7517 section 5) at the one address that its site pins.

An assertion never names the address, only a key. What was fetched is kept in the process: the
check of a known key asks nobody.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pydantic import ValidationError

from app.domain.site_tokens import said_key
from app.domain.sites import Site, SiteKey
from app.lib.outbound import Fetched, Unreachable
from app.lib.strict_json import MalformedJson, read_object

MOST_KEYS = 16
SHORTEST, USUAL, LONGEST = 300, 3600, 86_400  # seconds for which an answer is fresh
EVERY = 60.0  # seconds between two tries of one address
STALE = 86_400.0  # seconds for which keys are believed whose address is down
_EARLY = 0.8  # of its life: from here on it is fetched again beside what is asked
_PRIVATE = frozenset(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
_MODULUS = range(342, 1367)  # characters of 2,048 to 8,192 bits: a longer one takes its time
_LONGEST_EXPONENT = 11  # characters of 64 bits
_KINDS = {("OKP", "Ed25519"): "Ed25519", ("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
_MEMBERS = ("kty", "crv", "x", "y", "n", "e")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=([0-9]{1,10})(?:$|[,\s])")
_NONE: Mapping[str, SiteKey] = {}

Fetch = Callable[[str], Awaitable[Fetched]]
Tell = Callable[[str, Mapping[str, Any]], None]


class Held(msgspec.Struct):
    """What an address said last, and when it was asked. Times are of the process's own clock."""

    keys: Mapping[str, SiteKey] = _NONE
    fresh_until: float = 0.0
    early_from: float = 0.0
    tried_at: float | None = None
    trying: asyncio.Task[None] | None = None


class Jwks:
    """The keys of every address that some site pins, as this process knows them.

    `tell(event, details)` is told of an address that cannot be had.
    """

    def __init__(
        self,
        fetch: Fetch,
        tell: Tell = lambda _event, _details: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._fetch, self._tell, self._clock = fetch, tell, clock
        self._held: dict[str, Held] = {}

    def keys_of(self, site: Site) -> Mapping[str, SiteKey]:
        """The keys that were fetched for a site, by their ids."""
        held = self._held.get(site.jwks.url) if site.jwks else None
        return held.keys if held and self._clock() < held.fresh_until + STALE else _NONE

    async def prepare(self, site: Site | None, text: str) -> None:
        """Have the key at hand that a token may be signed with, as far as it can be had.

        One that is known and fresh costs nothing. An unknown one is asked for, at most once a
        minute whoever sends what; while an address is down its last keys are good for a day.
        """
        kid = said_key(text) if site and site.jwks else None
        if site is None or site.jwks is None or kid is None or site.key(kid):
            return
        held, now = self._held.setdefault(site.jwks.url, Held()), self._clock()
        is_known, is_fresh = kid in self.keys_of(site), now < held.fresh_until
        if is_known and now < held.early_from:
            return
        is_down = held.tried_at is not None and held.tried_at >= held.fresh_until
        if held.trying is None and (held.tried_at is None or now - held.tried_at >= EVERY):
            held.tried_at = now
            held.trying = asyncio.create_task(self._refresh(site.jwks.url, held))
        if held.trying and not (is_known and (is_fresh or is_down)):
            # Who goes away in the middle stops nobody else's wait.
            await asyncio.shield(held.trying)

    async def _refresh(self, url: str, held: Held) -> None:
        try:
            answer = await self._fetch(url)
            keys = read_jwks(answer.body)
        except Exception as error:  # whatever it was, the process goes on with what it holds
            reason = error.reason if isinstance(error, Unreachable) else type(error).__name__
            self._tell("jwks_not_fetched", {"host": urlsplit(url).hostname, "reason": reason})
        else:
            life, now = lifetime(answer.cache_control), self._clock()
            held.fresh_until, held.early_from = now + life, now + life * _EARLY
            # A key that is the same goes on with the signatures it remembers.
            former = held.keys
            held.keys = {k: former[k] if former.get(k) == key else key for k, key in keys.items()}
        finally:
            held.trying = None


def lifetime(cache_control: str) -> int:
    """For how many seconds an answer is fresh, as its sender says and within our bounds."""
    told = cache_control.lower()
    if "no-store" in told or "no-cache" in told:
        return SHORTEST
    found = _MAX_AGE.search(told)
    return min(max(int(found[1]), SHORTEST), LONGEST) if found else USUAL


def read_jwks(body: bytes) -> dict[str, SiteKey]:
    """The keys of a set that can verify, by their ids; what else is in it is left out.

    Raises MalformedJson for what is no set, and for one that is larger than any honest one.
    """
    written = read_object(body).get("keys")
    if not isinstance(written, list) or len(written) > MOST_KEYS:
        raise MalformedJson
    found: dict[str, SiteKey | None] = {}
    for jwk in written:
        key = _usable(jwk) if isinstance(jwk, dict) else None
        if key is not None:
            # Two keys of one id: which is meant cannot be told.
            found[key.kid] = None if key.kid in found else key
    return {kid: key for kid, key in found.items() if key is not None}


def _usable(jwk: dict[str, Any]) -> SiteKey | None:
    """The public key and its one algorithm; a private one was told to the world, and is none."""
    if _PRIVATE & jwk.keys() or jwk.get("use", "sig") != "sig":
        return None
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    members = {name: jwk[name] for name in _MEMBERS if name in jwk}
    if not all(isinstance(value, str) for value in members.values()):
        return None
    alg = _KINDS.get((members.get("kty", ""), members.get("crv")))
    if alg is None or jwk.get("alg", alg) not in ((alg, "EdDSA") if alg == "Ed25519" else (alg,)):
        return None
    if "n" in members and len(members["n"]) not in _MODULUS:
        return None
    if len(members.get("e", "")) > _LONGEST_EXPONENT:
        return None
    try:
        return SiteKey.model_validate({"kid": jwk.get("kid"), "alg": alg, "jwk": members})
    except ValidationError:
        return None
