"""The gallery, served in development: every example of every component, in a locale and a theme.

An example is a component's arguments, in `components/<name>/<name>.yaml`. Its texts are written in
several languages; where an argument is a field, the example names a question, and what is known
or typed: it is asked and read by the same forms as a person's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import yaml
from litestar import Response, Router, get
from litestar.enums import MediaType
from litestar.params import FromQuery

from app.forms.form import Field, Form
from app.forms.kinds import find_kind
from app.forms.question import Option, Question
from app.forms.rules import Rules
from app.lib import assets, stylesheets
from app.lib.i18n import direction, wording
from app.lib.templates import render_template

AT = datetime(2026, 5, 3, 9, tzinfo=UTC)
LOCALES = ("en", "de", "ar")
THEMES = ("auto", "light", "dark")
FILLED = {"field", "form", "problems", "known", "typed"}

Written = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A component in one state: `arguments` are its macro's, `fields` stand in what it holds."""

    component: str
    name: str
    arguments: Written
    fields: tuple[Field, ...] = ()
    content: str | None = None

    @property
    def template(self) -> str:
        return f"components/{self.component}/{self.component}.html"

    @property
    def id(self) -> str:
        return f"{self.component}-{self.name}"


@dataclass(frozen=True, slots=True)
class Component:
    """A component with what is said about it and its examples."""

    name: str
    description: str
    examples: list[Example] = field(default_factory=list)


def components(locale: str) -> list[Component]:
    """Every component, its examples in `locale`."""
    return [_component(name, written, locale) for name, written in _written()]


@cache
def _written() -> tuple[tuple[str, Written], ...]:
    files = sorted(assets.path("components").glob("*/*.yaml"))
    return tuple((file.stem, yaml.safe_load(file.read_text("utf-8"))) for file in files)


def _component(name: str, written: Written, locale: str) -> Component:
    examples = [
        _example(name, state, given, locale) for state, given in written["examples"].items()
    ]
    return Component(name, written["description"], examples)


def _example(component: str, name: str, written: Written, locale: str) -> Example:
    prefix = f"{component}-{name}-"
    given = {key: _resolved(value, locale) for key, value in written.items()}
    content = given.pop("content", None)
    arguments = {key: value for key, value in given.items() if key not in FILLED}
    if "id" in given:
        arguments["id"] = prefix + given["id"]
    form = _form(written, locale, prefix)
    match next((key for key in ("field", "problems", "form") if key in written), None):
        case "field":
            arguments["field"] = form.fields[0]
        case "problems":
            arguments["problems"] = form.problems
        case "form":
            return Example(component, name, {**arguments, "form": form}, tuple(form.fields))
    return Example(component, name, arguments, content=content)


def _form(written: Written, locale: str, instance: str) -> Form:
    """The questions of an example, with what is known of the answers or was typed."""
    filled = {key: written[key] for key in ("known", "typed") if key in written}
    asked = written.get("form") or written.get("problems") or []
    if "field" in written:
        asked = [written["field"]]
        filled = {key: {asked[0]["name"]: value} for key, value in filled.items()}
    questions = [_question(one, locale) for one in asked]
    form = Form(questions, locale, at=AT, values=filled.get("known"), instance=instance)
    if "typed" in filled:
        form.submit(dict(_body(filled["typed"])))
    return form


def _body(typed: Written) -> Iterator[tuple[str, list[str]]]:
    """What a browser would send for a form filled with `typed`."""
    for name, value in typed.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}-{part}", [text]) for part, text in value.items())
        else:
            yield name, value if isinstance(value, list) else [value]


def _question(written: Written, locale: str) -> Question:
    resolved = {key: _resolved(value, locale) for key, value in written.items()}
    options = written.get("options", {}).items()
    resolved["options"] = tuple(Option(value, wording(texts, locale)) for value, texts in options)
    resolved["kind"] = find_kind(written["kind"])
    resolved["rules"] = Rules.model_validate(written.get("rules", {}))
    return Question(**resolved)


def _resolved(value: Any, locale: str) -> Any:
    """A text in several languages becomes the one to show."""
    return wording(value, locale) if isinstance(value, Mapping) and "en" in value else value


@get("/", sync_to_thread=False)
def show_gallery(locale: FromQuery[str] = "en", theme: FromQuery[str] = "auto") -> Response[str]:
    """The page. An unknown locale or theme is shown as the first one."""
    spoken = locale if locale in LOCALES else LOCALES[0]
    shown = {
        "components": components(spoken),
        "lang": spoken,
        "dir": direction(spoken),
        "theme": theme if theme in THEMES else THEMES[0],
        "locales": LOCALES,
        "themes": THEMES,
    }
    page = render_template("app/widget/gallery.html", spoken, shown)
    return Response(page, media_type=MediaType.HTML)


@get("/gallery.css", sync_to_thread=False)
def show_gallery_sheet() -> Response[str]:
    """The sheet of a frame and the gallery's own, in one."""
    own = assets.path("static/css/gallery.css").read_text("utf-8")
    return Response(stylesheets.source("hosted") + own, media_type=MediaType.CSS)


gallery = Router("/gallery", route_handlers=[show_gallery, show_gallery_sheet])
