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
from app.lib.option_lists import encoded_options, option_list
from app.lib.templates import environment

COMPONENT = "components/field/field.html"
# HTML cannot hold a NUL, so no text of ours or of an operator's has one.
_ID, _OPTION = "\0id\0", "\0option\0"
_MARK = re.compile("\0(id|options|value)(?::(.*?))?\0")
_OPTIONS = (Option(_OPTION, Wording("")),)
# What is chosen here changes attributes, not a value: each choice is written on its own.
_CHOOSING = ("radios", "checkboxes", "checkbox")

Hole = tuple[str, str]  # what belongs there, of which part


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


def fields_of(form: Form) -> bytes:
    """The fields of a form in its locale, in order; a wrong one is rendered as it comes."""
    return b"".join(
        [render_field(field).encode() if field.problem else _filled(field) for field in form.fields]
    )


def blank_fields(form: Form, instance: str) -> Markup:
    """Those of a form with nothing in it, whose ids begin with `instance`: good for everybody."""
    fields = (
        Field(question, form.locale, None, f"{instance}-{question.name}")
        for question in form.questions
    )
    return Markup("").join(render_field(field) for field in fields)


def render_field(field: Field) -> Markup:
    """One field as its component renders it."""
    module = environment().get_template(COMPONENT).module
    with use_locale(field.locale):
        return Markup(module.field(field))  # type: ignore[attr-defined]


def _filled(field: Field) -> bytes:
    pieces, holes = _written(field.question, field.locale, _chosen(field))
    identity = field.id.encode()  # made of letters, digits, - and _ alone
    filled = pieces.copy()
    filled[1::2] = [identity if kind == "id" else _own(field, kind, part) for kind, part in holes]
    return b"".join(filled)


def _own(field: Field, kind: str, part: str) -> bytes:
    if kind == "options":
        return encoded_options(field.options, field.value())
    return escape(field.value(part)).encode()


def _chosen(field: Field) -> tuple[str, ...]:
    """The options that are chosen, where they are attributes; never what else was typed."""
    if field.control not in _CHOOSING:
        return ()
    offered = [option.value for option in field.options] or ["true"]
    return tuple(value for value in offered if field.has("", value))


@lru_cache(maxsize=4096)
def _written(
    question: Question, locale: str, chosen: tuple[str, ...]
) -> tuple[list[bytes], list[Hole]]:
    markup = str(render_field(_Marked(question, locale, chosen)))
    markup = markup.replace(str(option_list(_OPTIONS)), "\0options\0")
    split = _MARK.split(markup)
    pieces = [b""] * (len(split) * 2 // 3 + 1)
    pieces[::2] = [piece.encode() for piece in split[::3]]
    return pieces, [(kind, part or "") for kind, part in zip(split[1::3], split[2::3], strict=True)]
