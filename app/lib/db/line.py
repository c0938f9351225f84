"""A line of work: one thread that takes whatever waits, does it in one go and reports once."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from typing import Any

from .faults import DatabaseAway, cleaned

Turn = Callable[[], AbstractContextManager[object]]


class Call:
    """One verb somebody waits for."""

    __slots__ = ("args", "error", "fn", "future", "kw", "result")

    def __init__(
        self, future: asyncio.Future[Any], fn: Callable[..., Any], args: Any, kw: Any
    ) -> None:
        self.future, self.fn, self.args, self.kw = future, fn, args, kw
        self.result: Any = None
        self.error: BaseException | None = None

    def report(self) -> None:
        """Tells the caller, on the caller's loop, unless the caller has left."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, StopIteration):
            self.future.set_exception(RuntimeError("a verb raised StopIteration"))
        else:
            self.future.set_exception(cleaned(self.error))


class Line:
    """`work` gets at most `most` calls at once, inside `turn`, and must not raise."""

    def __init__(
        self, name: str, work: Callable[[list[Call]], None], turn: Turn, most: int
    ) -> None:
        self._work, self._turn, self._most = work, turn, most
        self._waiting: SimpleQueue[Call | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._is_open = True
        threading.Thread(target=self._serve, name=name, daemon=True).start()

    async def call(self, fn: Callable[..., Any], args: Any, kw: Any) -> Any:
        if not self._is_open:
            raise DatabaseAway("closed")
        call = Call(self._loop.create_future(), fn, args, kw)
        self._waiting.put(call)
        return await call.future

    async def close(self) -> None:
        """Takes nothing more and returns when everything accepted has been done."""
        if self._is_open:
            self._is_open = False
            self._waiting.put(None)
        await asyncio.shield(self._ended)

    def _serve(self) -> None:
        is_last = False
        while not is_last:
            first = self._waiting.get()
            if first is None:
                break
            with self._turn():
                # Only now, so that what came while we waited for our turn is taken too.
                batch, is_last = self._take(first)
                self._work(batch)
            self._loop.call_soon_threadsafe(report, batch)
        self._loop.call_soon_threadsafe(self._ended.set_result, None)

    def _take(self, first: Call) -> tuple[list[Call], bool]:
        batch = [first]
        while len(batch) < self._most:
            try:
                call = self._waiting.get_nowait()
            except Empty:
                break
            if call is None:
                return batch, True
            batch.append(call)
        return batch, False


def report(batch: list[Call]) -> None:
    for call in batch:
        call.report()
