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
from litestar.response import Template

from app.forms.form import Field, Form
from app.forms.kinds import find_kind
from app.forms.question import Option, Question
from app.forms.rules import Rules
from app.lib import assets, stylesheets
from app.lib.i18n import direction, set_locale, wording

AT = datetime(2026, 5, 3, 9, tzinfo=UTC)
LOCALES = ("en", "de", "ar")
THEMES = ("auto", "light", "dark")
WORDINGS = ("label", "hint", "consent", "missing")

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
    """Every component, its examples in `locale`; the current locale writes their messages."""
    return [_component(name, written, locale) for name, written in _written()]


@cache
def _written() -> tuple[tuple[str, Written], ...]:
    files = sorted(assets.path("components").glob("*/*.yaml"))
    return tuple((file.stem, yaml.safe_load(file.read_text("utf-8"))) for file in files)


def _component(name: str, written: Written, locale: str) -> Component:
    examples = [_example(name, *item, locale) for item in written["examples"].items()]
    return Component(name, written["description"], examples)


def _example(component: str, name: str, written: Written, locale: str) -> Example:
    arguments = {key: _resolved(value, locale) for key, value in written.items()}
    known, typed = arguments.pop("known", None), arguments.pop("typed", None)
    content = arguments.pop("content", None)
    if "id" in arguments:
        arguments["id"] = f"{component}-{name}-{arguments['id']}"
    asked = written.get("field") or written.get("form") or written.get("problems")
    if not asked:
        return Example(component, name, arguments, content=content)
    if "field" in written:
        asked, known = [asked], {asked["name"]: known}
        typed = None if typed is None else {asked[0]["name"]: typed}
    form = _form(asked, locale, f"{component}-{name}-", known, typed)
    if "form" in written:
        return Example(component, name, {**arguments, "form": form}, tuple(form.fields))
    shown = {"field": form.fields[0]} if "field" in written else {"problems": form.problems}
    return Example(component, name, {**arguments, **shown})


def _form(
    asked: list[Written], locale: str, instance: str, known: Written | None, typed: Written | None
) -> Form:
    questions = [_question(one, locale) for one in asked]
    form = Form(questions, locale, at=AT, values=known, instance=instance)
    if typed is not None:
        form.submit(dict(_body(typed)))
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
def show_gallery(locale: str = "en", theme: str = "auto") -> Template:
    """The page. An unknown locale or theme is shown as the first one."""
    spoken = locale if locale in LOCALES else LOCALES[0]
    set_locale(spoken)
    shown = {
        "components": components(spoken),
        "lang": spoken,
        "dir": direction(spoken),
        "theme": theme if theme in THEMES else THEMES[0],
        "locales": LOCALES,
        "themes": THEMES,
    }
    return Template("app/widget/gallery.html", context=shown)


@get("/gallery.css", sync_to_thread=False)
def show_gallery_sheet() -> Response[str]:
    """The sheet of a frame and the gallery's own, in one."""
    own = assets.path("static/css/gallery.css").read_text("utf-8")
    return Response(stylesheets.source("frame") + own, media_type=MediaType.CSS)


gallery = Router("/gallery", route_handlers=[show_gallery, show_gallery_sheet])
