"""Pages of a host around `<ask-once>`, and the backend behind them that says who somebody is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex

from joserfc import jwt
from playwright.sync_api import Locator, Page, Route, expect

from demo.askonce import Site, Visitor, read_key
from tests.e2e.conftest import ROOT, World
from tests.e2e.visiting import Card

KEY = ROOT / "demo/keys/shop.demo-private-key.json"
LOADER = '<script async crossorigin="anonymous" src="{askonce}/embed/1.0.0/loader.js"></script>'
EVENTS = "ready prompted saved invalid skipped dismissed complete nothing error escape"
HEARING = f"""<script>
  window.told = [];
  for (const name of "{EVENTS}".split(" "))
    addEventListener("askonce-" + name, ({{ detail }}) => told.push([name, detail]));
</script>"""


@dataclass
class Backend:
    """A host's backend: one person at their n-th login, who may turn into another."""

    world: World
    sub: str = field(default_factory=lambda: "element-" + token_hex(6))
    logins: int = 2
    asked: int = 0

    def __post_init__(self) -> None:
        self.site = Site("acme.shop", self.world.askonce, self.world.demo, read_key(KEY), ())
        for number in range(self.logins, 1, -1):
            self.site.frame(self._visitor(number), "step", {"on": "login"})

    def token(self, nonce: str, **changes: object) -> str:
        """What the token endpoint answers."""
        self.asked += 1
        now = int(time.time())
        claims = {"iss": self.site.id, "aud": self.world.askonce, "iat": now, "exp": now + 60}
        claims |= {"origin": self.world.demo, "mode": "element", "jti": token_hex(16)}
        claims |= {"sub": self.sub, "nonce": nonce, "sid": f"{self.sub}-1", "auth_time": now - 1}
        header = {"alg": "Ed25519", "kid": self.site.key.kid, "typ": "askonce+jwt"}
        return jwt.encode(header, {**claims, **changes}, self.site.key, algorithms=["Ed25519"])

    def frame(self, view: str = "step", **moment: str) -> str:
        """The address of a frame that a ticket opens."""
        made = self.site.frame(self._visitor(1), view, moment or {"on": "login"})  # type: ignore[arg-type]
        assert not isinstance(made, str), made
        return made.url

    def answer(self, route: Route) -> None:
        nonce = route.request.headers["x-askonce-nonce"]
        route.fulfill(content_type="text/plain", body=self.token(nonce))

    def _visitor(self, number: int) -> Visitor:
        now = int(time.time())
        return Visitor(self.sub, "en", f"{self.sub}-{number}", now - number, now)


@dataclass
class Host:
    """A host's page with one element or several, opened in a visitor's browser."""

    page: Page
    backend: Backend

    def opens(
        self,
        body: str = "",
        *,
        attributes: str = 'on="login"',
        loader: str = LOADER,
        path: str = "/host",
    ) -> None:
        """Open a page with `body`; without one, with an element that has these attributes."""
        world = self.backend.world
        element = f'<ask-once site="acme.shop" token-endpoint="/askonce-token" {attributes}>'
        body = body or f"{element}<p>What the page has instead.</p></ask-once>"
        html = f"""<!doctype html><html lang="en"><title>Host</title>{HEARING}<main><h1>Host</h1>
          <button>A button</button>{body}<p>After it.</p></main>
          {loader.format(askonce=world.askonce)}"""
        self.page.route("**/askonce-token", self.backend.answer)
        # The host's own address, and those below it.
        pages = f"{world.demo}/host**"
        self.page.route(pages, lambda route: route.fulfill(content_type="text/html", body=html))
        self.page.goto(f"{world.demo}{path}?secret=of-the-host#secret")

    @property
    def frame(self) -> Locator:
        return self.page.locator("ask-once iframe")

    @property
    def card(self) -> Card:
        return Card(self.page.frame_locator("ask-once iframe").locator("html"))

    @property
    def fallback(self) -> Locator:
        return self.page.get_by_text("What the page has instead.")

    def do(self, script: str) -> object:
        """Run a host's script, in which `it` is the element."""
        return self.page.evaluate(
            f"() => {{ const it = document.querySelector('ask-once'); {script} }}"
        )

    def hears(self, *names: str) -> None:
        """The page has heard these events, in this order, and no others."""
        self.page.wait_for_function("count => told.length >= count", arg=len(names))
        assert self.page.evaluate("told.map(([name]) => name)") == list(names)

    def told(self, name: str) -> dict[str, str]:
        """What the last event of that name said."""
        found: dict[str, str] = self.page.evaluate(
            "name => told.findLast(([n]) => n === name)[1]", name
        )
        return found

    def is_empty(self) -> None:
        """The element takes no room."""
        expect(self.frame).not_to_be_visible()
        with_it = self.page.get_by_text("After it.").bounding_box()
        self.do("it.hidden = true")
        assert self.page.get_by_text("After it.").bounding_box() == with_it


NewHost = Callable[..., Host]
