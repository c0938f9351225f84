"""A visitor in Firefox: a tab of their own, and the card that Askonce shows in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.bidi import Bidi, Json, Unknown, until

# Elements as a person finds them: by what they say.
_CONTROL = """(root, label) => [...document.querySelectorAll(root + ' label')]
  .find((one) => one.textContent.includes(label))?.control ?? null"""
_BUTTON = """(root, name) => [...document.querySelectorAll(root + ' button')].find((one) =>
  (one.ariaLabel ?? one.innerText).trim() === name && !one.disabled && one.checkVisibility())
  ?? null"""
_PROBLEM = """(root, words) => [...document.querySelectorAll(root + ' .ao-error-summary a')]
  .find((one) => one.textContent.toLowerCase().includes(words)) ?? null"""
_EDIT = """(root, label) => [...document.querySelectorAll(root + ' .ao-answer-row')]
  .find((one) => one.textContent.includes(label))?.querySelector('button') ?? null"""
_TEXT = "(selector) => document.querySelector(selector)?.innerText ?? ''"
# Where it is, once it is in view, and how large the document's window.
_PLACE = """(one) => { one.scrollIntoView({block: 'center', behavior: 'instant'});
  const {x, y, width, height} = one.getBoundingClientRect();
  return [x, y, width, height, innerWidth, innerHeight].join() }"""
_ENTERED = "(one) => one.select()"
_CHECKED = "(one) => one.checked"


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of one visitor, who shares nothing with any other."""

    bidi: Bidi
    context: str
    has_scripts: bool

    @classmethod
    def of(cls, bidi: Bidi, *, has_scripts: bool = True) -> "Tab":
        """A new visitor's."""
        bidi.events.clear()
        visitor = bidi.command("browser.createUserContext")["userContext"]
        opened = bidi.command("browsingContext.create", type="tab", userContext=visitor)
        return cls(bidi, opened["context"], has_scripts)

    def leaves(self) -> None:
        self.bidi.command("browsingContext.close", context=self.context)

    def goes(self, url: str) -> None:
        self.bidi.command(
            "browsingContext.navigate", context=self.context, url=url, wait="complete"
        )

    def returns(self) -> None:
        """Back by the browser's button."""
        self.bidi.command("browsingContext.traverseHistory", context=self.context, delta=-1)

    def asks(self, function: str, *arguments: Any) -> Any:
        """What a function of the page returns; it may be any JSON."""
        written = f"(...all) => JSON.stringify(({function})(...all))"
        return json.loads(self.bidi.call(self.context, written, *arguments).get("value", "null"))

    def frame(self) -> str:
        """The document of another origin in the page."""
        (page,) = self.bidi.command("browsingContext.getTree", root=self.context)["contexts"]
        children = page["children"]
        if not children:
            raise Unknown("no frame")
        return str(children[0]["context"])

    def sent(self) -> list[Json]:
        """The requests of the visitor so far."""
        told = [one for one in self.bidi.events if one["method"] == "network.beforeRequestSent"]
        return [one["params"]["request"] for one in told]

    def errors(self) -> list[str]:
        """What went wrong in the scripts of the page and its frame."""
        logged = [one["params"] for one in self.bidi.events if one["method"] == "log.entryAdded"]
        return [str(one["text"]) for one in logged if one["type"] == "javascript"]


@dataclass(frozen=True, slots=True)
class Card:
    """What Askonce shows below `root`, in the tab's page or in the frame in it."""

    tab: Tab
    root: str
    is_framed: bool

    def _document(self) -> str:
        return self.tab.frame() if self.is_framed else self.tab.context

    def text(self, part: str = "") -> str:
        shown = self.tab.bidi.call(self._document(), _TEXT, f"{self.root} {part}")
        return str(shown["value"])

    def asks(self, title: str) -> None:
        until(lambda: self.text(".ao-title").strip() == title, f"{title!r}, not {self!r}")

    def shows(self, words: str, part: str = "") -> None:
        until(lambda: words in self.text(part), words)

    def lacks(self, words: str) -> None:
        until(lambda: words not in self.text(), f"an end of {words}")

    def holds(self, label: str, value: str) -> None:
        """The control of that label has this value."""
        found = self._find(_CONTROL, label)
        assert self._ask("(one) => one.value", found) == value

    def has_focus(self, selector: str) -> None:
        is_there = f"() => !!document.activeElement?.matches('{selector}')"
        until(lambda: self.tab.bidi.call(self._document(), is_there)["value"], selector)

    def fills(self, label: str, text: str) -> None:
        """Replace what stands in a field by typing."""
        found = self._find(_CONTROL, label)
        self._click(found)
        self.tab.bidi.call(self._document(), _ENTERED, found)
        keys = [{"type": kind, "value": one} for one in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": keys})
        until(lambda: self._ask("(one) => one.value", found) == text, f"{text!r} in {label}")

    def chooses(self, label: str) -> None:
        found = self._find(_CONTROL, label)
        self._click(found)
        until(lambda: self._ask(_CHECKED, found), f"a choice of {label}")

    def presses(self, name: str, times: int = 1) -> None:
        self._click(self._find(_BUTTON, name), times)

    def presses_problem(self, words: str) -> None:
        """Press a link of the summary, which leads to its field."""
        self._click(self._find(_PROBLEM, words))

    def edits(self, label: str) -> None:
        """Press the button beside an answer in the editor."""
        self._click(self._find(_EDIT, label))

    def _ask(self, function: str, element: Json) -> Any:
        return self.tab.bidi.call(self._document(), function, element).get("value")

    def _find(self, function: str, words: str) -> Json:
        def probe() -> Json | None:
            found = self.tab.bidi.call(self._document(), function, self.root, words)
            return found if found["type"] == "node" else None

        return {"sharedId": until(probe, words)["sharedId"]}

    def _click(self, element: Json, times: int = 1) -> None:
        """With the mouse, as trusted as a person's."""
        self._comes_to_rest(element)
        origin = {"type": "element", "element": element}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act({"type": "pointer", "id": "mouse", "actions": [move, *press * times]})

    def _comes_to_rest(self, element: Json) -> None:
        """Wait until it stands still: a frame may still be growing."""
        places: list[str] = []

        def is_still() -> bool:
            places.append(self._ask(_PLACE, element))
            return len(places) > 3 and len(set(places[-4:])) == 1

        until(is_still, "an end of moving")

    def _act(self, source: Mapping[str, Any]) -> None:
        self.tab.bidi.command("input.performActions", context=self._document(), actions=[source])
