"""The gate: who floods is sent away before anything is read; what was refused is remembered."""

from collections.abc import Callable

import structlog

from app.domain.limits import BACKEND, Asking, TooMany, remember_asking
from app.lib.addresses import Addresses, is_forwarded
from app.lib.observing import App, Receive, Scope, Send, note, noted
from app.runtime import Runtime

PAGES = "/v1/"
MACHINES = "/api/v1/"
_SITES = "/v1/sites/"
Refuse = Callable[[Scope, TooMany], App]
log = structlog.get_logger()


class Gate:
    """An application behind the limits; each refusal is the answer that its surface gives."""

    def __init__(self, app: App, runtime: Runtime, pages: Refuse, machines: Refuse) -> None:
        self._app = app
        self._limits = runtime.limits
        self._releases = runtime.releases
        self._addresses = Addresses(runtime.settings.trusted_proxies)
        self._pages = pages
        self._machines = machines
        self._may_warn = self._addresses.is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith(PAGES):
            await self._let_in(scope, receive, send, 1.0)
        elif path.startswith(MACHINES):
            await self._let_in(scope, receive, send, BACKEND)
        else:
            await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, cost: float) -> None:
        asking = Asking(self._address(scope), self._site(scope["path"]))
        try:
            self._limits.enter(asking, cost)
        except TooMany as error:
            note(scope, refusal=error.code)
            scope["path_template"] = MACHINES if cost == BACKEND else PAGES
            refuse = self._machines if cost == BACKEND else self._pages
            await refuse(scope, error)(scope, receive, send)
            return
        remember_asking(scope, asking)
        try:
            await self._app(scope, receive, send)
        finally:
            if code := noted(scope, "refusal"):
                self._limits.charge(asking, str(code))

    def _address(self, scope: Scope) -> int | None:
        address = self._addresses.of(scope)
        if self._may_warn and address is not None and is_forwarded(scope):
            self._may_warn = False
            # Whose address it is would be personal; that there is one is enough to act on.
            log.warning("proxy_not_trusted", setting="ASKONCE_TRUSTED_PROXIES")
        return address

    def _site(self, path: str) -> str:
        """The public id in the path, if it is one: strangers may not invent sites."""
        if not path.startswith(_SITES):
            return ""
        site: str = path[len(_SITES) :].partition("/")[0]
        return site if self._releases.find_site(site) else ""
