"""The page for site developers, in development: it examines a page from here.

Only for its own form, or any page that the developer visits could have addresses fetched.
"""

import asyncio

from litestar import Response, post
from litestar.enums import MediaType

from app.doctor.cases import held
from app.doctor.examining import examine
from app.doctor.fetching import Unreachable
from app.doctor.findings import Finding
from app.doctor.screens import HEADERS, AppRequest, render, runtime_of
from app.domain.refusals import PAGE
from app.lib.body import BadBody, arriving, read_form
from app.runtime import Runtime

_LONGEST_ADDRESS = 2048
_PRIVATE = {**HEADERS, "cache-control": "no-store"}


@post(PAGE, status_code=200)
async def post_doctor(request: AppRequest) -> Response[str]:
    """What is wrong with the page whose address was typed."""
    runtime = runtime_of(request)
    if request.headers.get("origin") != runtime.url:
        return Response("", status_code=403, headers=_PRIVATE)
    try:
        content_type = request.headers.get("content-type", "")
        typed = await read_form(arriving(request.receive), content_type)
    except BadBody as error:
        return Response("", status_code=error.status, headers=_PRIVATE)
    asked, site = (typed.get(name, [""])[0].strip() for name in ("url", "site"))
    findings, problem = await _examined(runtime, asked, site)
    shown = {"has_form": True, "asked": asked, "site": site}
    page = render(runtime.url, **shown, findings=findings, problem=problem)
    status = 422 if problem else 200
    return Response(page, media_type=MediaType.HTML, status_code=status, headers=_PRIVATE)


async def _examined(runtime: Runtime, url: str, site: str) -> tuple[list[Finding] | None, str]:
    """What is found, or one sentence why nothing was."""
    if not url.startswith(("https://", "http://")) or len(url) > _LONGEST_ADDRESS:
        return None, "Enter the page's address, beginning with https:// or http://."
    ours = held(runtime.releases, runtime.settings)
    try:
        _, findings = await asyncio.to_thread(examine, url, ours, runtime.now(), site=site)
    except Unreachable as error:
        return None, str(error)
    return findings, ""
