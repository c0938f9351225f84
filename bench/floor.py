"""The floor: constant pages of the same sizes, by the same framework and server as Askonce.

What a request costs before anything is done about it. `BENCH_PAGES` holds the size of the answer
to each method and action as JSON; the paths are Askonce's, so that the same requests go to both.
"""

import os

import msgspec
import uvicorn
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State

from bench.signing import SITE

PLACE = f"/v1/sites/{SITE}/fragments/4"
HTML = "text/html; charset=utf-8"
_SIZES: dict[str, int] = msgspec.json.decode(os.environ.get("BENCH_PAGES", "{}"))
_PAGES = {action: "x" * size for action, size in _SIZES.items()}


@get(PLACE)
async def show_page() -> Response[str]:
    """A constant page."""
    return Response(_PAGES["step"], media_type=HTML)


@post(PLACE + "/answers", status_code=200)
async def post_answers(request: Request[None, None, State]) -> Response[str]:
    """A constant page, once the body has been read."""
    await request.body()
    return Response(_PAGES["answers"], media_type=HTML)


@post(PLACE + "/skips", status_code=200)
async def post_skips(request: Request[None, None, State]) -> Response[str]:
    """The same for a skip."""
    await request.body()
    return Response(_PAGES["skips"], media_type=HTML)


@get("/ready")
async def show_ready() -> str:
    """It serves."""
    return ""


def create() -> Litestar:
    """The application, with what Askonce also turns off turned off."""
    return Litestar(
        [show_page, post_answers, post_skips, show_ready],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )


if __name__ == "__main__":
    uvicorn.run(
        "bench.floor:create",
        factory=True,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
