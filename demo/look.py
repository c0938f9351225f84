"""How Acme's pages are made: their words in three languages, their templates, their headers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType

from demo.askonce import Site
from demo.guests import Guest

HERE = Path(__file__).parent
# Frozen with its version: a loader of these bytes, or none.
LOADER = "/embed/1.0.0/loader.js"
INTEGRITY = "sha384-u596n/mLaBbTsSqS2gr/E2YLjy1tSIU1evYWI2qA/8y0Nr57hfHWa8Fp791pVfH+"
WORDS: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text("utf-8")) for file in (HERE / "words").glob("*.yaml")
}
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True)
class Acme:
    """The company: its two sites at Askonce."""

    shop: Site
    club: Site

    @property
    def askonce(self) -> str:
        return self.shop.askonce

    @property
    def origin(self) -> str:
        return self.shop.origin


def page(
    here: str,
    acme: Acme,
    guest: Guest,
    *,
    plain: bool = False,
    element: bool = False,
    **facts: Any,
) -> Response[str]:
    """The page of that name in the person's language. A `plain` one carries no script at all.

    One with an `element` loads the one script of Askonce's that a page ever runs.
    """
    language = guest.person.language
    facts = {"brand": "shop", "htmx": 2, **facts}
    html = _templates.get_template(f"{here}.html").render(
        facts,
        t=WORDS[language],
        lang=language,
        direction="rtl" if language == "ar" else "ltr",
        here=here,
        path=path_of(here, plain=plain),
        path_of=path_of,
        plain=plain,
        element=element,
        loader=acme.askonce + LOADER,
        integrity=INTEGRITY,
        guest=guest,
        acme=acme,
    )
    htmx = not plain and facts["brand"] == "shop"
    return _response(html, _policy(acme, plain=plain, element=element, htmx=htmx))


def path_of(here: str, *, plain: bool) -> str:
    """Where a page stands; some need no script anyway."""
    if here in ("club", "letter", "reception", "modes"):
        return f"/{here}"
    return ("/plain" if plain else "") + ("" if here == "home" else f"/{here}") or "/"


def sign_in_page(acme: Acme, **facts: Any) -> Response[str]:
    """The one page for people who are not signed in; it needs nothing of Askonce."""
    html = _templates.get_template("sign_in.html").render(**facts)
    return _response(html, _policy(acme, plain=True, element=False, htmx=False))


def _response(html: str, policy: str) -> Response[str]:
    headers = {
        "Content-Security-Policy": policy,
        # The page holds a bearer token: no cache keeps it, and Back fetches a fresh one.
        "Cache-Control": "no-store",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(html, media_type=MediaType.HTML, headers=headers)


def _policy(acme: Acme, *, plain: bool, element: bool, htmx: bool) -> str:
    """What our pages may load. Askonce may send stylesheets, frames, fragments to our htmx, and
    of scripts the loader of the element alone, which talks to us but not to Askonce.
    """
    ours_and_theirs = f"'self' {acme.askonce}"
    script = f"'self' {acme.askonce}{LOADER}" if element else "'self'"
    rules = {
        "default-src": "'none'",
        "script-src": "'none'" if plain else script,
        "style-src": ours_and_theirs,
        "img-src": ours_and_theirs,
        "connect-src": "'none'" if plain else ours_and_theirs if htmx else "'self'",
        "frame-src": acme.askonce,
        "form-action": ours_and_theirs,
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
