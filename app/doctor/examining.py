"""Examining: the page is fetched with all that it names, and every check is asked of it."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from socket import gaierror, getaddrinfo
from urllib.parse import urljoin, urlsplit

from app.doctor.cases import Case, Ours
from app.doctor.checks import CHECKS
from app.doctor.embeds import Embed, find_embeds
from app.doctor.fetching import Answer, Unreachable, fetch, origin_of
from app.doctor.findings import Finding, in_order
from app.doctor.keysets import with_keys
from app.doctor.markup import Markup, read_markup
from app.lib.content_policy import read_policies

MOST_FILES = 30
# Never a ticket: it spends nothing, and its answer has every header of a document of ours.
_NO_TICKET = "/v1/frames/doctor"


def examine(
    url: str, ours: Ours, at: datetime, *, site: str = "", headers: Mapping[str, str] | None = None
) -> tuple[Case, list[Finding]]:
    """What is wrong with the page of that address. Raises Unreachable.

    `headers` are sent to the page alone, as a browser with a session would.
    """
    page = fetch(url, headers={"Accept": "text/html", **(headers or {})})
    markup = read_markup(page.text)
    embeds = tuple(find_embeds(markup, page.url))
    metas = [
        one.get("content")
        for one in markup.all("meta")
        if one.get("http-equiv").lower() == "content-security-policy" and not one.is_in("body")
    ]
    ours = with_keys(ours, dict.fromkeys(one.site or site for one in embeds))
    case = Case(
        asked=url,
        page=page,
        markup=markup,
        policies=read_policies(page.headers, metas),
        embeds=embeds,
        ours=ours,
        at=at,
        site=site,
        ready=_tried(ours.url + "/ready"),
        framed=_tried(ours.url + _NO_TICKET, headers={"Sec-Fetch-Dest": "iframe"}),
        files=_files(markup, page, embeds),
        preflights={one.url: _preflight(one, page) for one in embeds if one.kind == "mount"},
        spaces=(address_space(page.url), address_space(ours.url)),
    )
    return case, in_order(finding for check in CHECKS for finding in check(case))


def _tried(
    url: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> Answer | None:
    try:
        return fetch(url, method, headers)
    except Unreachable:
        return None


def _files(markup: Markup, page: Answer, embeds: tuple[Embed, ...]) -> dict[str, Answer | None]:
    """Every script of the page, and our sheet, each once."""
    wanted = [one.url for one in embeds if one.kind in ("loader", "sheet")]
    wanted += [urljoin(page.url, one.get("src")) for one in markup.all("script") if one.get("src")]
    some = list(dict.fromkeys(wanted))[:MOST_FILES]
    return {url: _tried(url) for url in some}


def _preflight(mount: Embed, page: Answer) -> Answer | None:
    asked = {
        "Origin": origin_of(page.url),
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,hx-request",
    }
    return _tried(mount.url, "OPTIONS", asked)


def address_space(url: str) -> str:
    """Of which network the host is, as browsers divide them: the narrowest of its addresses.

    A name that cannot be found counts as public: who cannot be reached is told elsewhere.
    """
    try:
        found = getaddrinfo(urlsplit(url).hostname or "", None)
        addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    except (gaierror, ValueError, UnicodeError):
        return "public"
    if any(one.is_loopback for one in addresses):
        return "loopback"
    return "public" if all(one.is_global for one in addresses) else "local"
