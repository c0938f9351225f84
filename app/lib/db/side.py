"""A second stack, on which plain functions may wait for the loop: SQLAlchemy's greenlet, kept."""

import sys
from collections.abc import Callable
from typing import Any

from greenlet import getcurrent, greenlet

IDLE = object()


class Side(greenlet):
    """Runs one function at a time; inside, SQLAlchemy's `await_` works as in `greenlet_spawn`.

    A new greenlet for each verb costs 25 µs (Python maps memory for its frames), as much as the
    statement itself; a kept one costs 6.
    """

    # What `await_` asks for; the version of SQLAlchemy is pinned for this.
    __sqlalchemy_greenlet_provider__ = True

    def __init__(self) -> None:
        super().__init__(self._serve, getcurrent())
        self._result: Any = None
        self._error: BaseException | None = None
        self.switch()

    async def call(self, fn: Callable[..., Any], /, *args: Any, **kw: Any) -> Any:
        self.parent = current = getcurrent()
        self.gr_context = current.gr_context
        asked = self.switch(fn, args, kw)
        while asked is not IDLE:
            try:
                answer = await asked
            except BaseException:  # the function's to handle, whatever it is
                asked = self.throw(*sys.exc_info())
            else:
                asked = self.switch(answer)
        return self._outcome()

    def _outcome(self) -> Any:
        result, error = self._result, self._error
        self._result = self._error = None
        if error is not None:
            raise error
        return result

    def _serve(self) -> None:
        while self.parent is not None:
            self._try(*self.parent.switch(IDLE))

    def _try(self, fn: Callable[..., Any], args: Any, kw: Any) -> None:
        try:
            self._result = fn(*args, **kw)
        except BaseException as error:  # the caller's
            self._error = error
