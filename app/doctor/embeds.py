"""The embeds of a page: everything in it that asks Askonce for something, by its address."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

from app.doctor.markup import Element, Markup

Kind = Literal["element", "frame", "form", "mount", "loader", "sheet"]

_PATHS: dict[Kind, re.Pattern[str]] = {
    "frame": re.compile(r"/v1/(?:frames/(?P<ticket>[^/]+)|sites/(?P<site>[^/]+)/frame)"),
    "mount": re.compile(r"/v1/sites/(?P<site>[^/]+)/(?:fragments|profile)/(?P<dialect>[^/]+)"),
    "loader": re.compile(r"/embed/(?P<version>[^/]+)/loader\.js"),
    "sheet": re.compile(r"/embed/(?P<version>[^/]+)/fragment\.css"),
}
TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_CREDENTIALS = ("hx-headers", "hx-vals", "value", "token", "data-token", "data-assertion")


@dataclass(frozen=True, slots=True, eq=False)
class Embed:
    """`url` is absolute, and empty for an element; `part` what its address names, where it does."""

    kind: Kind
    element: Element
    url: str
    parts: dict[str, str]

    @property
    def line(self) -> int:
        return self.element.line

    @property
    def site(self) -> str:
        """The site's id, as the page writes it; empty where a ticket stands for it."""
        own = self.element.get("site") if self.kind == "element" else ""
        return own or self.parts.get("site", "")

    @property
    def credentials(self) -> list[str]:
        """The assertions that stand in it."""
        written = [hx(self.element, name) for name in _CREDENTIALS]
        return [found for text in written for found in TOKEN.findall(text)]


def find_embeds(markup: Markup, page: str) -> list[Embed]:
    """What a page embeds, in its order."""
    base = next((urljoin(page, one.get("href")) for one in markup.all("base")), page)
    return [found for element in markup.elements for found in _embeds(element, base)]


def hx(element: Element, name: str) -> str:
    """An attribute of htmx, with or without `data-`."""
    return element.get(name) or element.get(f"data-{name}")


def _embeds(element: Element, base: str) -> Iterator[Embed]:
    match element.name:
        case "ask-once":
            yield Embed("element", element, "", {})
        case "iframe":
            yield from _at("frame", element, element.get("src"), base)
        case "script":
            yield from _at("loader", element, element.get("src"), base)
        case "link" if "stylesheet" in element.get("rel").lower().split():
            yield from _at("sheet", element, element.get("href"), base)
        case "form" if element.has("action"):
            for found in _at("frame", element, element.get("action"), base):
                yield Embed("form", element, found.url, found.parts)
    for name in ("hx-get", "hx-post"):
        yield from _at("mount", element, hx(element, name), base)


def _at(kind: Kind, element: Element, written: str, base: str) -> Iterator[Embed]:
    url = urljoin(base, written.strip()) if written else ""
    found = _PATHS[kind].fullmatch(urlsplit(url).path.rstrip("/")) if url else None
    if found:
        parts = {name: text for name, text in found.groupdict().items() if text}
        yield Embed(kind, element, url, parts)


def credentials_beside(markup: Markup) -> list[tuple[Element, str]]:
    """Assertions in fields of forms, which a mount may include."""
    fields = (one for one in markup.all("input") if "assertion" in one.get("name"))
    return [(one, token) for one in fields for token in TOKEN.findall(one.get("value"))]


def json_of(text: str) -> dict[str, object]:
    """An attribute's JSON object; an empty one where it is none."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
