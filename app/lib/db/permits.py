"""How many may use something at once; the rest wait their turn, but not for ever."""

import asyncio
from collections import deque

from .faults import DatabaseAway


class Permits:
    """First come, first served; `wait` is in seconds."""

    def __init__(self, count: int, wait: float) -> None:
        self._left, self._count, self._wait = count, count, wait
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_open = True
        self._all_back = asyncio.Event()

    async def take(self) -> None:
        """Raises DatabaseAway when none comes free in time, or none will."""
        if not self._is_open:
            raise DatabaseAway("closed")
        if self._left:
            self._left -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        timer = waiter.get_loop().call_later(self._wait, expire, waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.give()  # it came in the same moment as the cancellation
            raise
        finally:
            timer.cancel()

    def give(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._left += 1
        if self._left == self._count:
            self._all_back.set()

    async def close(self) -> None:
        """Lets nobody new in and returns when everybody has left."""
        self._is_open = False
        while self._left < self._count:
            self._all_back.clear()
            await self._all_back.wait()


def expire(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_exception(DatabaseAway("no connection came free"))
