"""The limits: how often an address, a person and a site may ask, so that no flood harms others.

An address is limited first. A site's own limit refuses nobody by itself: while more is asked of a
site than it may be, each address has a tenth of its own limit, which is far more than a person
needs and far less than a flood. What was not believed is dearer than what was; but whoever was
believed at an address lately is still heard when others there guess.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, MutableMapping
from math import ceil
from typing import Any, NamedTuple

from app.domain.refusals import Refused
from app.lib.buckets import MOST, Buckets

BURST = 10  # seconds of its rate that each may use at once
GUESSES = 20  # that are free, before the rate of them counts
REMEMBERED = 600.0  # seconds for which somebody who was believed is known
CROWDED = 0.1
BACKEND = 0.1  # what a backend's request costs: it asks for many people from one address
LONGEST = 3600
_KEY = "askonce.asking"

# What it costs an address, in guesses. What is not here costs nothing: a body that is no form, an
# address that is none, a fault of ours.
_GUESS = (
    "token_missing token_too_large token_malformed token_header token_key token_algorithm"
    " token_claims token_issuer token_audience token_early token_lifetime token_subject token_mode"
    " token_origin token_nonce token_auth_time token_clock token_signature token_unreadable"
    " token_site origin_missing origin_null api_key flow_unreadable"
)
# What happens to good people too: a page that lay open, a frame that is loaded again.
_STALE = (
    "token_expired token_used token_revoked ticket_spent ticket_place flow_mismatch code_spent"
    " code_state"
)
PRICES: Mapping[str, float] = {
    **dict.fromkeys(_GUESS.split(), 1.0),
    **dict.fromkeys(_STALE.split(), 0.25),
}
_DEARER = 10  # than a good request, a guess at a site


class Rates(NamedTuple):
    """What each process allows; 0 is no limit. Of each a burst is allowed besides."""

    address: int  # requests a second from one address
    person: int  # requests a second of one person
    refused: int  # refused credentials a minute from one address at one site
    site: int  # requests a second of one site, before addresses are held shorter


class Asking(NamedTuple):
    """Who asks, before anything is proved: `site` is the public id in the path, if we have it."""

    address: int | None = None
    site: str = ""


class TooMany(Refused):
    """Asked too often. `seconds` is when to ask again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too_many")
        self.seconds = min(max(ceil(seconds), 1), LONGEST)


class Limits:
    """The buckets of one process. All are in memory, and of bounded size."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._addresses = Buckets(rates.address, rates.address * BURST)
        self._people = Buckets(rates.person, rates.person * BURST)
        self._refused = Buckets(rates.refused / 60, GUESSES)
        self._sites = Buckets(rates.site, rates.site * BURST)
        self._believed: OrderedDict[int, float] = OrderedDict()

    def enter(self, asking: Asking, cost: float = 1.0) -> None:
        """Let a request in, before anything of it is read. Raises TooMany."""
        at = self._clock()
        share = self._share(asking.site, at, cost)
        if asking.address is None:
            return
        wait = self._addresses.take(asking.address, at, cost, share)
        wait = wait or self._wait_for_guesses(asking, hash(asking.address), at, share)
        if wait:
            raise TooMany(wait)

    def check_claimed(self, asking: Asking, who: Hashable) -> None:
        """Before a signature is looked at, of the person or backend that it would be for.

        Raises TooMany: where credentials from that address were refused too often, unless this one
        was believed there lately; and for a person who asks too often anyway.
        """
        at = self._clock()
        wait = self._people.wait(hash(who), at)
        if not wait and asking.address is not None:
            wait = self._wait_for_guesses(asking, _both(asking, who), at)
        if wait:
            raise TooMany(wait)

    def note_believed(self, asking: Asking, who: Hashable) -> None:
        """Whose credential was good at that address is known there for a while."""
        if asking.address is None:
            return
        until = self._clock() + REMEMBERED
        for key in (hash(asking.address), _both(asking, who)):
            self._believed[key] = until
            self._believed.move_to_end(key)
        while len(self._believed) > MOST:
            self._believed.popitem(last=False)

    def check_person(self, who: Hashable) -> None:
        """A request of a person whose credential was good. Raises TooMany."""
        wait = self._people.take(hash(who), self._clock())
        if wait:
            raise TooMany(wait)

    def charge(self, asking: Asking, code: str) -> None:
        """A request was refused with that code."""
        price = PRICES.get(code)
        if price is None:
            return
        at = self._clock()
        if asking.address is not None:
            self._refused.spend(asking, at, price)
        if asking.site:
            self._sites.spend(asking.site, at, price * _DEARER)

    def _share(self, site: str, at: float, cost: float) -> float:
        """The part of its limits that each address has: all, unless the site is crowded."""
        return CROWDED if site and self._sites.take(site, at, cost) else 1.0

    def _wait_for_guesses(self, asking: Asking, key: int, at: float, share: float = 1.0) -> float:
        """Until one may guess again; whoever is known by that key need not wait."""
        wait = self._refused.wait(asking, at, share)
        return 0.0 if wait and self._believed.get(key, 0.0) > at else wait


def remember_asking(scope: MutableMapping[str, Any], asking: Asking) -> None:
    """For those who prove the request later."""
    scope[_KEY] = asking


def asking_of(scope: Any) -> Asking:
    """Who asks, as it was remembered; nobody in particular where no limit is."""
    found: Asking = scope.get(_KEY, _NOBODY)
    return found


_NOBODY = Asking()


def _both(asking: Asking, who: Hashable) -> int:
    return hash((asking.address, who))
