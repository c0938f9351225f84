"""The application: its surfaces, what they stand on, and what happens to errors."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import structlog
from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig
from litestar.types import ControllerRouterHandler

from app.api.health import show_health, show_ready
from app.api.loading import admits
from app.api.refusing import refuse_backend
from app.api.refusing import refuse_flood as refuse_backends_flood
from app.api.requirements import post_requirements
from app.api.results import post_results
from app.api.sessions import delete_sessions
from app.api.tickets import post_tickets
from app.doctor import screens as doctor
from app.domain.refusals import Refused
from app.domain.releases import Releases
from app.domain.subjects import TooMuch
from app.gate import Gate
from app.jobs import run_jobs
from app.lib.body import BadBody
from app.lib.db import DatabaseError
from app.lib.logs import configure_logs
from app.lib.observing import App, Observed
from app.lib.pages import ask_for_page
from app.lib.templates import environment
from app.runtime import Runtime, create_runtime
from app.settings import Settings
from app.widget import auth0, editor, element, embeds, frames, hosted, include, step
from app.widget.crossing import Crossing
from app.widget.refusing import refuse, refuse_flood

WIDGET: list[ControllerRouterHandler] = [
    step.show_step,
    step.post_moment,
    step.post_answers,
    step.post_skips,
    step.post_dismissals,
    step.post_prompts,
    editor.show_editor,
    editor.post_editor,
    editor.post_questions,
    editor.post_answers,
    editor.post_removals,
    frames.show_frame,
    frames.post_frame,
    element.show_frame,
    element.post_exchange,
    element.post_moments,
    element.post_renewals,
    hosted.show_hosted,
    hosted.show_standing,
    hosted.post_answers,
    hosted.post_skips,
    hosted.post_dismissals,
    hosted.post_questions,
    hosted.post_edits,
    hosted.post_removals,
    hosted.post_returns,
    auth0.show_auth0,
]
BACKEND: list[ControllerRouterHandler] = [
    post_tickets,
    post_results,
    post_requirements,
    delete_sessions,
]
TELLS_AFTER = 0.1  # seconds
log = structlog.get_logger()


def create_app(runtime: Runtime, *, tells_after: float = 0.0) -> App:
    """The ASGI application of one process; it opens and closes what the runtime holds.

    Requests are counted and logged so many seconds after they were answered.
    """
    litestar = Litestar(
        route_handlers=[
            *_refusing(),
            embeds.show_embed,
            embeds.show_theme,
            doctor.show_doctor,
            doctor.show_doctor_sheet,
            doctor.show_clock,
            show_health,
            show_ready,
            *_for_development(runtime.settings),
        ],
        state=State({"runtime": runtime}),
        lifespan=[_running(runtime)],
        exception_handlers={HTTPException: _say_status, Exception: _say_sorry},
        template_config=TemplateConfig(instance=JinjaTemplateEngine(engine_instance=environment())),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
        debug=False,
    )
    gate = Gate(cast(App, litestar), runtime, refuse_flood, _flood_of(runtime.url))
    crossing = Crossing(gate, _origins_of(runtime.releases))
    return Observed(crossing, tells_after)


def _refusing() -> list[Router]:
    """What pages and backends ask for, each refused as who asked can read it."""
    pages: Any = dict.fromkeys((Refused, BadBody, DatabaseError, TooMuch), refuse)
    backends: Any = dict.fromkeys(pages, refuse_backend)
    return [
        Router(
            path="/", route_handlers=WIDGET, middleware=[ask_for_page], exception_handlers=pages
        ),
        Router(path="/", route_handlers=BACKEND, exception_handlers=backends),
        Router(
            path="/",
            route_handlers=[include.post_fragments],
            guards=[admits("fragments")],
            exception_handlers=backends,
        ),
    ]


def create() -> App:
    """The application as the environment describes it, for a server's worker."""
    settings = Settings.from_environment(os.environ)
    configure_logs(settings.log_level)
    app = create_app(create_runtime(settings), tells_after=TELLS_AFTER)
    # Looking through all that was imported for garbage takes a tenth of a second, in which nobody
    # is answered: it is done once, now.
    gc.collect()
    gc.freeze()
    return app


def _for_development(settings: Settings) -> list[ControllerRouterHandler]:
    if not settings.development:
        return []
    from app.widget.gallery import gallery  # only where somebody looks at components

    if not doctor.may_examine(settings):
        return [gallery]
    from app.doctor.development import post_doctor

    return [gallery, post_doctor]


def _flood_of(url: str) -> Any:
    return lambda _scope, error: refuse_backends_flood(url, error)


def _origins_of(releases: Releases) -> Any:
    def find(public_id: str) -> tuple[str, ...]:
        found = releases.find_site(public_id)
        return found[2].origins if found else ()

    return find


def _running(runtime: Runtime) -> Any:
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await runtime.database.open()
        await runtime.releases.poll()
        loops = [
            asyncio.create_task(runtime.releases.watch()),
            asyncio.create_task(run_jobs(runtime)),
        ]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await runtime.database.close()

    return lifespan


def _say_status(_: Request[Any, Any, State], error: HTTPException) -> Response[str]:
    """What the framework refused: its status and nothing of the request."""
    headers = {**(error.headers or {}), "cache-control": "no-store"}
    return Response("", status_code=error.status_code, headers=headers)


def _say_sorry(_: Request[Any, Any, State], error: Exception) -> Response[str]:
    """A fault of ours: its class and place go to the log, one sentence to the page."""
    log.error("fault", exc_info=error)
    headers = {"cache-control": "no-store"}
    return Response("Something went wrong here.", status_code=500, headers=headers)
