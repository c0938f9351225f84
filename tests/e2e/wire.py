"""What went over the wire between a browser, Askonce and a host: nothing leaks either way."""

import re
from urllib.parse import unquote_plus

from playwright.sync_api import Page, Request

from tests.e2e.hosts import SECRET, HostSite

ANSWER = "Zyxwvut & Sons"
# What lets the reload of a page of ours go on; nothing needs it.
OWN_COOKIES = r"((; )?__Host-askonce-[^=;]+=[^;]+)*"
# What a browser or an htmx says by itself of a request, and a page that asks with its credential.
SAID = re.compile(
    r":.*|accept(-.*)?|authorization|cache-control|connection|content-(length|type)|host|origin|pragma"
    r"|referer|sec-.*|upgrade-insecure-requests|user-agent|cookie|priority|dnt|te"
    r"|hx-(request(-type)?|source|target|trigger(-name)?|current-url|nonce)"
)
_PREFLIGHT = "access-control-request-"


class Wire:
    """Every request of a page and its frames, and all that the host's server heard meanwhile."""

    def __init__(self, page: Page, host: HostSite, *, is_relayed: bool = False) -> None:
        self._host = host
        self._is_relayed = is_relayed
        self._sent: list[Request] = []
        self._heard = len(host.heard)
        page.on("request", lambda request: self._sent.append(request))

    def posts(self, action: str) -> int:
        urls = [one.url for one in self._sent if one.method == "POST"]
        return sum(
            url.startswith(self._host.askonce) and url.endswith("/" + action) for url in urls
        )

    def leaks(self) -> list[str]:
        """What was told to whom it does not concern; empty is good."""
        ours = [one for one in self._sent if one.url.startswith(self._host.askonce)]
        assert ours
        return [leak for one in ours for leak in self._to_us(one)] + self._to_the_host()

    def _to_us(self, request: Request) -> list[str]:
        headers = request.all_headers()
        url, body = unquote_plus(request.url), unquote_plus(request.post_data or "")
        names = {name for name in headers if not name.startswith(_PREFLIGHT)}
        found = [f"header {name}" for name in names if not SAID.fullmatch(name)]
        if any(word in url for word in (SECRET, ANSWER, "@")):
            found.append("an address")
        if SECRET in f"{headers} {body}" or "people.example" in f"{headers} {body}":
            found.append("what only the host may know")
        if not re.fullmatch(OWN_COOKIES, headers.get("cookie", "")):
            found.append("a cookie")
        if headers.get("referer", "").removesuffix("/") not in ("", *self._origins()):
            found.append(f"referrer {headers['referer']}")
        # Our own htmx, in our own frame, may name the frame's own address.
        if not headers.get("hx-current-url", self._host.askonce).startswith(self._host.askonce):
            found.append(f"the page {headers['hx-current-url']}")
        return [f"{leak} in {request.method} {request.url}" for leak in found]

    def _to_the_host(self) -> list[str]:
        found = []
        for heard in self._host.heard[self._heard :]:
            said = unquote_plus(f"{heard.url} {heard.headers} {heard.body.decode()}")
            is_told = ANSWER in said and not self._is_relayed
            if is_told or f"{self._host.askonce}/v1" in said:
                found.append(f"an answer or an address of ours in {heard.method} {heard.url}")
        return found

    def _origins(self) -> tuple[str, str]:
        return self._host.origin, self._host.askonce
