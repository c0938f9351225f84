"""The page: markup with its status and headers, which sends itself; and how it is asked for."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Self

from litestar import Request
from litestar.types import ASGIApp

HTML = "text/html; charset=utf-8"
_BODILESS = 204
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Page:
    """An answer as an ASGI application, which the framework sends as it is.

    Its own general way of making an answer takes longer than the markup does.
    """

    __slots__ = ("content", "headers", "media", "status")

    def __init__(
        self, content: bytes, status: int, headers: dict[str, str], media: str = HTML
    ) -> None:
        """`headers` are written in lower case; those of content are added."""
        self.media = media
        self.content = content
        self.status = status
        self.headers = headers

    async def __call__(self, scope: object, receive: object, send: Send) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        if self.status != _BODILESS:
            length = str(len(self.content)).encode()
            headers += ((b"content-type", self.media.encode()), (b"content-length", length))
        start = {"type": "http.response.start", "status": self.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.content})

    def to_asgi_response(self, **_: object) -> Self:
        """What the framework asks of the answer to an exception."""
        return self


def ask_for_page(app: ASGIApp) -> ASGIApp:
    """A middleware in the place of `app`: asks a handler of a request for its page, and sends it.

    The framework's own way also looks for parameters, dependencies and caches.
    """

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        page: Page = await scope["route_handler"].fn(Request(scope, receive, send))
        await page(scope, receive, send)

    return answer
