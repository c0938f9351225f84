"""Token buckets by key, in bounded memory: how long one who asks again has to wait."""

from collections import OrderedDict
from collections.abc import Hashable

MOST = 16_384
_NOTHING = 1e-6  # what sums of times may be off by


class Buckets:
    """A bucket for each key, which holds `burst` tokens and gets `rate` of them each second.

    Of a key nothing is kept but the moment at which its bucket will be full again (the generic
    cell rate algorithm). Of those asked for longest ago the bucket is forgotten: it is full then.
    All times are seconds of one clock. With a rate of 0 there is no limit.
    """

    def __init__(self, rate: float, burst: float, most: int = MOST) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._room = burst * self._interval
        self._most = most
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: Hashable, at: float, cost: float = 1.0, share: float = 1.0) -> float:
        """Take tokens and return 0; or take none, and return the seconds until they are there.

        `share` is the part of the bucket that may be used now.
        """
        full_at = self._full_at.get(key, at)
        full_at = (at if full_at < at else full_at) + cost * self._interval
        wait = full_at - at - self._room * share
        if wait > _NOTHING:
            self._full_at.move_to_end(key)
            return wait
        if self._interval:
            self._keep(key, full_at)
        return 0.0

    def spend(self, key: Hashable, at: float, cost: float = 1.0) -> None:
        """Take tokens that may not be there: the bucket owes them, up to as many as it holds."""
        full_at = max(self._full_at.get(key, 0.0), at) + cost * self._interval
        self._keep(key, min(full_at, at + 2 * self._room))

    def wait(self, key: Hashable, at: float, share: float = 1.0) -> float:
        """The seconds until a token is there, 0 where there is one; takes none."""
        full_at = self._full_at.get(key)
        if full_at is None:
            return 0.0
        return max(0.0, full_at + self._interval - at - self._room * share)

    def _keep(self, key: Hashable, full_at: float) -> None:
        if not self._interval:
            return
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
