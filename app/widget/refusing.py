"""Refusing: what a person, a page and a metric see of a request that is not believed.

The person reads one sentence that helps; the code goes to logs and metrics; nobody learns why.
Only a sandbox site's pages hear the code: nobody signs up there, and its developer has to know.
"""

from functools import cache, lru_cache
from typing import Any

from app.domain.limits import TooMany
from app.domain.newcomers import locale_for
from app.domain.refusals import HEADER, Refused
from app.domain.subjects import TooMuch
from app.domain.tokens import Presentation
from app.lib import assets
from app.lib.body import BadBody
from app.lib.db import DatabaseError
from app.lib.i18n import negotiate
from app.lib.pages import Page
from app.widget.embeds import theme_address
from app.widget.loading import has_script
from app.widget.notices import no_change, show_notice
from app.widget.requests import AppRequest, note_away, note_refusal, presentation_of, runtime_of
from app.widget.screens import Screen, event_header, new_nonce

_NOT_FOUND = ("unknown_site", "unknown_path")
_FORBIDDEN = frozenset(
    [
        "origin_missing",
        "origin_null",
        "token_origin",
        "token_site",
        "token_mode",
        "ticket_place",
        "flow_mismatch",
        "return_url",
        "not_editable",
        "not_skippable",
    ]
)


def status_of(error: Exception) -> int:
    """The HTTP status that says what went wrong, and to whom it is due."""
    if isinstance(error, BadBody):
        return error.status
    if isinstance(error, TooMuch):
        return 413
    if isinstance(error, DatabaseError):
        return 503
    code = error.code if isinstance(error, Refused) else ""
    if code == "too_many":
        return 429
    if code in _NOT_FOUND:
        return 404
    if code in _FORBIDDEN:
        return 403
    if code in ("unknown_moment", "state_missing"):
        return 400
    return 410 if code == "ticket_spent" else 401


def refuse(request: AppRequest, error: Exception) -> Page:
    """The answer to a request that was refused."""
    note_refusal(request, error)
    code = _told(request, error)
    response = _answer(request, error, {"code": code} if code else {})
    if code:
        response.headers[HEADER] = code
    return response


def _told(request: AppRequest, error: Exception) -> str:
    """The code, where the path names a sandbox site; else nothing."""
    if isinstance(error, DatabaseError):
        return ""
    found = runtime_of(request).releases.find_site(request.path_params.get("site", ""))
    is_sandbox = found is not None and found[2].sandbox
    return str(getattr(error, "code", "")) if is_sandbox else ""


def _answer(request: AppRequest, error: Exception, told: dict[str, str]) -> Page:
    status = status_of(error)
    facts = {"status": str(status), **told}
    screen = _screen(request)
    if isinstance(error, TooMany) and screen.is_scripted:
        return _unread(error, facts)
    if not screen.is_ours and is_mount(request):
        return _quietly(status, facts)
    if isinstance(error, DatabaseError) and screen.is_scripted:
        # Whatever stands between us would put its own page in the place of the form.
        note_away(request, error)
        return _later(no_change({"askonce-error": {"status": "503"}}))
    if status == 404:
        return Page(b"", 404, {"cache-control": "no-store"})
    name = "askonce-gone" if status == 401 else "askonce-error"
    response = show_notice(screen, _kind(status, screen), status=status, events={name: facts})
    if isinstance(error, TooMany):
        return _later(response, error.seconds)
    return _later(response) if status == 503 else response


def refuse_flood(scope: Any, error: TooMany) -> Page:
    """The answer to a request that is refused before anything of it is read.

    A script's page hears of it and stays as it is; the browser itself shows a page.
    """
    headers = dict(reversed(scope["headers"]))
    if b"hx-request" in headers or b"text/html" not in headers.get(b"accept", b""):
        return _unread(error, {"status": "429"})
    accepted = headers.get(b"accept-language", b"").decode("latin-1")
    written = _flooded(negotiate(_shipped(), (), accepted))
    return _later(Page(written.content, 429, dict(written.headers)), error.seconds)


@lru_cache(maxsize=64)
def _flooded(locale: str) -> Page:
    """The page of a language, for everybody: no script belongs to it, and so no nonce."""
    return show_notice(Screen("frame", locale, ("*",), is_scripted=False), "too_many", status=429)


def _unread(error: TooMany, facts: dict[str, str]) -> Page:
    """Nothing to show: htmx 2 puts no 429 anywhere, and our forms tell htmx 4 the same."""
    page = Page(b"", 429, {"cache-control": "no-store", **event_header({"askonce-error": facts})})
    return _later(page, error.seconds)


def is_mount(request: AppRequest) -> bool:
    """Whether the path is the first of its kind, and not what a form posts to."""
    return request.url.path.rstrip("/").endswith(("/2", "/4", "/frame"))


def _quietly(status: int, facts: dict[str, str]) -> Page:
    """A mount that is refused shows nothing, and the page hears of it."""
    response = no_change()
    response.status = status
    response.headers.update(event_header({"askonce-error": facts}))
    return _later(response) if status == 503 else response


def _later(response: Page, seconds: int = 5) -> Page:
    response.headers["retry-after"] = str(seconds)
    return response


def _kind(status: int, screen: Screen) -> str:
    if status in (401, 410):
        # There is no page of a host's around it to load again.
        return "ended" if screen.presentation == "hosted" else "expired"
    if status == 413:
        return "too_much"
    if status == 429:
        return "too_many"
    return "unavailable" if status == 503 else "refused"


def _screen(request: AppRequest) -> Screen:
    presentation = _presentation(request)
    is_scripted = has_script(presentation, request.headers)
    nonce = new_nonce(presentation)
    found = runtime_of(request).releases.find_site(request.path_params.get("site", ""))
    accepted = request.headers.get("accept-language")
    if found is None:
        locale = negotiate(_shipped(), (), accepted)
        # A sentence without a button: whoever frames it, the person may read it.
        return Screen(presentation, locale, ("*",), is_scripted=is_scripted, nonce=nonce)
    release, site_key, site = found
    locale = locale_for(release, site_key, (), accepted)
    return Screen(
        presentation,
        locale,
        site.origins,
        is_scripted=is_scripted,
        nonce=nonce,
        scheme=site.theme.mode,
        sheet=theme_address(release, site_key),
        owner=site.name,
    )


def _presentation(request: AppRequest) -> Presentation:
    try:
        return presentation_of(request)
    except Refused:
        return "frame"


@cache
def _shipped() -> tuple[str, ...]:
    """Every language we speak: where no site says which it offers, each is good."""
    return ("en", *sorted(folder.name for folder in assets.path("locales").glob("[a-z]*/")))
