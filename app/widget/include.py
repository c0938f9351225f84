"""Mode d: a site's backend fetches a fragment for a page of its own, and relays what is posted."""

from typing import Any, cast

import msgspec
from litestar import Response, post

from app.domain.backchannel import Client
from app.domain.introductions import check_site, introduced
from app.domain.newcomers import Newcomer, locale_for
from app.domain.refusals import Refused
from app.domain.tokens import TooLarge
from app.lib.body import arriving, read_json
from app.lib.pages import Page
from app.widget.asking import show_next
from app.widget.mounting import meet_person
from app.widget.notices import show_notice
from app.widget.relaying import FragmentRequest, note_included, relay_form
from app.widget.requests import AppRequest, Place, note_refusal, runtime_of
from app.widget.revising import show_profile
from app.widget.screens import Screen

# A form's characters take six or twelve bytes each where JSON escapes them.
LARGEST = 512 * 1024
# The first of these events says what became of it; without any there is something to answer.
_TELLING = ["nothing", "complete", "saved", "skipped", "dismissed", "invalid", "error", "gone"]
_GONE = ("token_expired", "token_revoked")
_LATER = {
    "error": "unavailable",
    "message": "This could not be saved yet. Relay the same form again.",
}


@post("/api/v1/fragments", status_code=200)
async def post_fragments(request: AppRequest) -> Response[dict[str, Any]]:
    """The fragment for a person now; with a posted form, what that form does.

    A guard of the route has seen to it that the backend is the site's.
    """
    client = cast(Client, request.auth)
    content_type = request.headers.get("content-type", "")
    asked = _read(await read_json(arriving(request.receive), content_type, LARGEST))
    place = _place(request, client, asked)
    try:
        return _told(await _show(request, place, client, asked))
    except Refused as refused:
        if asked.submit is None or refused.code not in _GONE:
            raise
        note_refusal(request, refused)
        return _told(_show_expired(place, asked))
    except TooLarge:
        # Of all that a form seals, only claims can be of any length.
        raise Refused("request_body") from None


def _read(body: dict[str, Any]) -> FragmentRequest:
    try:
        asked = msgspec.convert(body, FragmentRequest)
    except msgspec.ValidationError:
        raise Refused("request_body") from None
    if asked.submit is not None and asked.moment:
        raise Refused("request_body")  # a form brings the moment at which it was made
    return asked


def _place(request: AppRequest, client: Client, asked: FragmentRequest) -> Place:
    """Where the fragment is for, if the site may have it. Raises Refused."""
    check_site(asked, client)
    if "include" not in client.site.modes:
        raise Refused("token_mode")
    if not client.site.has_address(asked.action):
        raise Refused("action_place")
    runtime = runtime_of(request)
    release = runtime.releases.active(client.workspace)
    if release is None:
        raise Refused("unknown_site")
    return Place(runtime, release, client.site_key)


async def _show(request: AppRequest, place: Place, client: Client, asked: FragmentRequest) -> Page:
    now = place.runtime.now()
    newcomer = Newcomer.from_ticket(introduced(asked, client, now), now)
    if asked.submit is not None:
        return await relay_form(request, place, asked)
    visit, subject = await meet_person(place, newcomer, "include", "", now)
    visit = msgspec.structs.replace(visit, is_scripted=False, action=asked.action)
    if asked.view == "profile":
        return show_profile(visit, subject, is_mount=True)
    subject = await note_included(request, visit, subject)
    return show_next(visit, subject, is_mount=True, events={})


def _show_expired(place: Place, asked: FragmentRequest) -> Page:
    """A form that is too old to save anything; the host asks anew for the page it stood in."""
    site = place.definition
    locale = locale_for(place.release, place.site, (asked.locale,), None)
    scheme = asked.theme or site.theme.mode
    screen = Screen("include", locale, site.origins, is_scripted=False, scheme=scheme)
    gone = {"askonce-gone": {"status": "expired"}}
    return show_notice(screen, "expired", status=409, events=gone)


def _told(page: Page) -> Response[dict[str, Any]]:
    """The page as a backend reads it: what to print, with which status, and what it means."""
    events = msgspec.json.decode(page.headers.get("hx-trigger", "{}"))
    status = 200 if page.status == 204 else page.status
    told = {
        "html": page.content.decode(),
        "status": status,
        "state": _state(events),
        "events": events,
    }
    headers = {"cache-control": "no-store"}
    if status == 503:
        headers["retry-after"] = page.headers["retry-after"]
        return Response({**_LATER, **told}, status_code=503, headers=headers)
    return Response(told, status_code=200, headers=headers)


def _state(events: dict[str, dict[str, str]]) -> str:
    told = (events.get(f"askonce-{name}", {}).get("status") for name in _TELLING)
    return next(filter(None, told), "asked")
