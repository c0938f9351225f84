"""Leaving: the errand on a hosted page is over, and the person goes back to the site."""

from secrets import token_urlsafe
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
from markupsafe import Markup

from app.domain.auth0 import PARAMETER, write_answer
from app.domain.flows import Flow, Status
from app.domain.refusals import Refused
from app.domain.results import Result, issue_code, tell_result
from app.lib.i18n import gettext, use_locale
from app.lib.pages import Page
from app.widget.cookies import cookie_of
from app.widget.embeds import address
from app.widget.loading import read_person
from app.widget.notices import screen_of, show_notice
from app.widget.screens import respond
from app.widget.visits import Visit

HOSTED_PAGE = "/v1/hosted"
_KINDS: dict[Status, str] = {
    "complete": "thanks",
    "skipped": "skipped",
    "dismissed": "skipped",
    "nothing": "nothing",
}


# Without `form-action`: wherever the login goes on to after the tenant would have to be listed too.
_POSTING = (
    "default-src 'none'; script-src 'nonce-{nonce}'; script-src-attr 'none'; style-src 'self'; "
    "style-src-attr 'none'; img-src 'self'; font-src 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


async def send_back(visit: Visit, *, is_direct: bool = False) -> Page:
    """Back to the site with a code for its backend.

    `is_direct` is for a page that no form led to: after a form a redirect is held to the page's
    `form-action`, and so is every other one that it meets on the way to wherever a sign-in ends.
    So a page of ours stands between them, which goes on by itself.
    """
    flow = visit.flow
    assert flow is not None
    here = msgspec.structs.replace(visit, flow=flow.changed(status=flow.outcome, has_left=True))
    if flow.way == "auth0":
        page = await _answer_auth0(here, Result.of(flow), is_direct=is_direct)
    else:
        url = with_query(check_return(here, flow), state=flow.state, code=await _code(here, flow))
        page = redirect(url) if is_direct else _show_leaving(here, flow.outcome, url)
    page.headers["set-cookie"] = cookie_of(here)
    return page


def show_left(visit: Visit) -> Page:
    """For who comes back after the end: what there is to press, and nothing that goes by itself."""
    flow = visit.flow
    assert flow is not None
    screen = screen_of(visit, is_mount=True, is_end=True)
    return show_notice(screen, _KINDS[flow.outcome])


def redirect(url: str, cookie: str = "") -> Page:
    """Go there; whoever is there does not hear where from."""
    headers = {"location": url, "referrer-policy": "no-referrer", "cache-control": "no-store"}
    return Page(b"", 303, {**headers, "set-cookie": cookie} if cookie else headers)


def check_return(visit: Visit, flow: Flow) -> str:
    """The address to go back to, if the site still lists it. Raises Refused."""
    if flow.return_to not in visit.site.return_urls:
        raise Refused("return_url")
    return flow.return_to


def with_query(url: str, **members: str | None) -> str:
    """An address with these added to the query that it has."""
    parts = urlsplit(url)
    added = urlencode({name: value for name, value in members.items() if value is not None})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


async def _code(visit: Visit, flow: Flow) -> str:
    runtime, place = visit.runtime, (visit.release.workspace, visit.site_key)
    result = Result.of(flow)
    return await runtime.database.write(issue_code, runtime.keyring, place, result, visit.now)


async def _answer_auth0(visit: Visit, result: Result, *, is_direct: bool) -> Page:
    """Post a token to the tenant that sent the person, where the login goes on.

    An answer in an address is for who was asked nothing: there is nothing of the person in it.
    """
    auth0, flow = visit.site.auth0, visit.flow
    if auth0 is None or flow is None or auth0.continues != flow.return_to:
        raise Refused("return_url")
    told = tell_result(visit.release, await read_person(visit), visit.moment, result)
    answer = write_answer(auth0, {"iss": visit.runtime.url, **told}, visit.now)
    if is_direct:
        return redirect(with_query(auth0.continues, state=flow.state, **{PARAMETER: answer}))
    url = with_query(auth0.continues, state=flow.state)
    return _show_posting(visit, result.status, url, answer)


def _show_posting(visit: Visit, status: Status, url: str, answer: str) -> Page:
    nonce = token_urlsafe(12)
    screen = screen_of(visit, is_mount=True)
    values = {
        "kind": _KINDS[status],
        "url": url,
        "name": visit.site.name,
        "parameter": PARAMETER,
        "answer": answer,
        "nonce": nonce,
        "script": address("leave.js"),
    }
    content = screen.render("app/widget/leaving_by_post.html", values)
    with use_locale(visit.locale):
        title = gettext("Continue to {site}", site=visit.site.name)
    headers = {"content-security-policy": _POSTING.format(nonce=nonce)}
    return respond(screen, content.encode(), title=title, headers=headers)


def _show_leaving(visit: Visit, status: Status, url: str) -> Page:
    screen = screen_of(visit, is_mount=True)
    values = {"kind": _KINDS[status], "url": url, "name": visit.site.name}
    content: Markup = screen.render("app/widget/leaving.html", values)
    with use_locale(visit.locale):
        title = gettext("Continue to {site}", site=visit.site.name)
    headers = {"refresh": f"0;url={url}", "referrer-policy": "no-referrer"}
    return respond(screen, content.encode(), title=title, headers=headers)
