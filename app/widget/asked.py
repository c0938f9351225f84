"""A form's fields as markup: what every asking of a question shares is written once.

The component renders each question with marks in the places of its id and its values; a person's
own are put there afterwards. It costs a tenth of rendering.
"""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from app.forms.form import Field, Form
from app.forms.question import Option, Question
from app.lib.i18n import Wording, use_locale
from app.lib.option_lists import Same, encoded_options, option_list
from app.lib.skeletons import Rope, rope_of
from app.lib.templates import environment

COMPONENT = "components/field/field.html"
# HTML cannot hold a NUL, so no text of ours or of an operator's has one.
_ID, _OPTION = "\0id\0", "\0option\0"
_MARK = re.compile("\0(id|options|value)(?::(.*?))?\0")
_OPTIONS = (Option(_OPTION, Wording("")),)
# What is chosen here changes attributes, not a value: each choice is written on its own.
_CHOOSING = ("radios", "checkboxes", "checkbox")

Hole = tuple[str, str, bytes]  # what belongs there, of which part, the text that follows


class _Marked(Field):
    """A field without a person: where its id and values would stand, it has marks."""

    __slots__ = ()

    def __init__(self, question: Question, locale: str, chosen: tuple[str, ...]) -> None:
        super().__init__(question, locale, None, _ID)
        self._raw = {"": list(chosen)}

    @property
    def options(self) -> tuple[Option, ...]:
        return _OPTIONS if self.control == "select" else tuple(super().options)

    def value(self, part: str = "") -> str:
        return f"\0value:{part}\0"


def fields_of(form: Form) -> Rope:
    """The fields of a form in its locale, in order; a wrong one is rendered as it comes."""
    rope: Rope = []
    for field in form.fields:
        rope += rope_of(render_field(field)) if field.problem else _filled(field)
    return rope


def render_field(field: Field) -> Markup:
    """One field as its component renders it."""
    module = environment().get_template(COMPONENT).module
    with use_locale(field.locale):
        return Markup(module.field(field))  # type: ignore[attr-defined]


def _filled(field: Field) -> Rope:
    start, holes = _written(Same(field.question), field.locale, _chosen(field))
    rope = [start]
    for kind, part, following in holes:
        if kind == "id":
            rope.append(field.id.encode())  # made of letters, digits, - and _ alone
        elif kind == "value":
            rope.append(escape(field.value(part)).encode())
        else:
            rope += encoded_options(field.options, field.value())
        rope.append(following)
    return rope


def _chosen(field: Field) -> tuple[str, ...]:
    """The options that are chosen, where they are attributes; never what else was typed."""
    if field.control not in _CHOOSING:
        return ()
    offered = [option.value for option in field.options] or ["true"]
    return tuple(value for value in offered if field.has("", value))


@lru_cache(maxsize=4096)
def _written(
    question: Same[Question], locale: str, chosen: tuple[str, ...]
) -> tuple[bytes, tuple[Hole, ...]]:
    markup = str(render_field(_Marked(question.thing, locale, chosen)))
    markup = markup.replace(str(option_list(_OPTIONS)), "\0options\0")
    start, *rest = _MARK.split(markup)
    holes = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return start.encode(), tuple((kind, part or "", text.encode()) for kind, part, text in holes)
