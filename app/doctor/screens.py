"""The page for site developers: every refusal explained, and the doctor that runs in their page.

It is the same for everybody and fetches nothing, so that it may stand in public.
"""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.enums import MediaType

from app.domain.refusals import PAGE
from app.domain.remedies import REMEDIES
from app.domain.sites import LOOPBACK
from app.lib import assets, stylesheets
from app.lib.templates import render_template
from app.runtime import Runtime
from app.settings import Settings

_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin",
    "cross-origin-opener-policy": "same-origin",
}
_PUBLIC = {**HEADERS, "cache-control": "public, max-age=300"}
# A page of any site asks for the time; nothing else here is for other origins.
_SHARED = {
    "cache-control": "no-store",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
AppRequest = Request[Any, Any, State]


def runtime_of(request: AppRequest) -> Runtime:
    """What the process holds."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def may_examine(settings: Settings) -> bool:
    """Whether addresses may be fetched from here: only where a developer serves nobody else."""
    return settings.development and all(
        host in LOOPBACK for host in (settings.host, urlsplit(settings.url).hostname)
    )


@get(PAGE, sync_to_thread=False)
def show_doctor(request: AppRequest) -> Response[str]:
    """What every refusal means, and how the doctor is called."""
    runtime = runtime_of(request)
    page = _page(runtime.url, may_examine(runtime.settings))
    return Response(page, media_type=MediaType.HTML, headers=_PUBLIC)


@cache
def _page(url: str, has_form: bool) -> str:
    return render(url, has_form=has_form)


def render(url: str, **shown: Any) -> str:
    """The page, with what somebody typed and what was found."""
    values = {"asked": "", "site": "", "problem": "", "findings": None, **shown}
    values |= {"askonce": url, "remedies": REMEDIES, "page": PAGE}
    return render_template("app/doctor/doctor.html", "en", values)


@get(f"{PAGE}/doctor.css", sync_to_thread=False)
def show_doctor_sheet() -> Response[str]:
    """The sheet of a frame and the page's own, in one."""
    own = assets.path("static/css/doctor.css").read_text("utf-8")
    headers = {"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}
    sheet = stylesheets.source("frame") + own
    return Response(sheet, media_type=MediaType.CSS, headers=headers)


@get(f"{PAGE}/clock", media_type=MediaType.TEXT, sync_to_thread=False)
def show_clock(request: AppRequest) -> Response[str]:
    """The time here, in seconds since 1970: what tokens are compared with."""
    return Response(f"{runtime_of(request).now().timestamp():.3f}", headers=_SHARED)
