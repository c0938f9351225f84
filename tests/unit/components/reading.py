"""Reads markup as a browser does and finds things as a person does: by role and label."""

from collections.abc import Iterator
from functools import cached_property
from xml.etree.ElementTree import Element

import html5lib

ROLES = {
    "a": "link",
    "button": "button",
    "fieldset": "group",
    "form": "form",
    "h2": "heading",
    "h3": "heading",
    "select": "combobox",
    "textarea": "textbox",
}
TYPES = {"radio": "radio", "checkbox": "checkbox", "hidden": "none"}


class Page:
    """A fragment in a page. Raises html5lib's ParseError where it is not valid."""

    def __init__(self, fragment: str) -> None:
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: Element = parser.parse(
            f'<!doctype html><html lang="en"><head><title>Page</title></head>'
            f"<body>{fragment}</body></html>"
        )

    @cached_property
    def ids(self) -> dict[str, Element]:
        return {element.attrib["id"]: element for element in self.root.iter() if element.get("id")}

    def all(self, role: str, name: str | None = None) -> list[Element]:
        """Every element of a role, by its accessible name where one is given."""
        found = (element for element in self.root.iter() if role_of(element) == role)
        return [element for element in found if name is None or self.name_of(element) == name]

    def one(self, role: str, name: str | None = None) -> Element:
        """The only element of that role and name."""
        (found,) = self.all(role, name)
        return found

    def name_of(self, element: Element) -> str:
        """The accessible name, as far as our markup needs it (accname-1.2)."""
        if labelled := element.get("aria-labelledby"):
            return " ".join(text_of(self.ids[one]) for one in labelled.split())
        if label := element.get("aria-label"):
            return label
        labels = [text_of(label) for label in self._labels_of(element)]
        return " ".join(labels) if labels else text_of(element)

    def _labels_of(self, element: Element) -> Iterator[Element]:
        if element.tag == "fieldset":
            yield from element.iter("legend")
        for label in self.root.iter("label"):
            if element in label.iter() or label.get("for", "?") == element.get("id"):
                yield label

    def description_of(self, element: Element) -> str:
        """What `aria-describedby` says. Raises KeyError where an id is nowhere."""
        ids = element.get("aria-describedby", "").split()
        return " ".join(text_of(self.ids[one]) for one in ids)


def role_of(element: Element) -> str:
    if "role" in element.attrib:
        return element.attrib["role"]
    if element.tag == "input":
        return TYPES.get(element.get("type", "text"), "textbox")
    return ROLES.get(str(element.tag), "generic")


def text_of(element: Element) -> str:
    """The text a person reads: what waits until it is needed is left out."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    if element.get("class") == "ao-buttons-wait":
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""
