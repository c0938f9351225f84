"""The fields of a form, written once: the same markup as the component's, for everybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms.form import Form
from app.forms.kinds import find_kind
from app.forms.question import Option, Question
from app.lib.i18n import Wording
from app.widget.asked import blank_fields, fields_of, render_field
from app.widget.gallery import AT, components

COLOURS = tuple(Option(name, Wording(name.title())) for name in ("red", "green", "blue"))
QUESTIONS = [
    Question("text", find_kind("text"), Wording("Text", "de"), hint=Wording("A & B")),
    Question("multiline", find_kind("multiline"), Wording("Multiline")),
    Question("born", find_kind("birthdate"), Wording("Born"), autocomplete="bday"),
    Question("country", find_kind("country"), Wording("Country"), required=True),
    Question("choice", find_kind("choice"), Wording("Choice"), options=COLOURS),
    Question("choices", find_kind("choices"), Wording("Choices"), options=COLOURS),
    Question("agreed", find_kind("consent"), Wording("Agreed"), consent=Wording("I agree.")),
    Question("yes", find_kind("boolean"), Wording("Yes or no")),
    Question("phone", find_kind("tel"), Wording("Phone"), region="DE"),
]
KEYS = [one.key(part) for one in QUESTIONS for part in one.kind.parts]
TYPED = st.text(max_size=20) | st.sampled_from(["red", "green", "true", "false", "DE", "12", ""])


def written(form: Form) -> str:
    return fields_of(form).decode()


def as_rendered(form: Form) -> str:
    return "".join(render_field(field) for field in form.fields)


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_every_example_is_as_its_component_renders_it(locale: str) -> None:
    found = [one for component in components(locale) for one in component.examples if one.fields]
    assert found
    for example in found:
        form = example.arguments["form"]
        assert written(form) == as_rendered(form)


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_a_form_with_nothing_in_it_is_as_its_components_render_it(locale: str) -> None:
    form = Form(QUESTIONS, locale, at=AT, instance="ao1-")
    assert form.is_blank
    assert blank_fields(form, "ao1") == as_rendered(form) == written(form)
    assert not Form(QUESTIONS, locale, at=AT, values={"text": "Vera"}).is_blank


@given(body=st.dictionaries(st.sampled_from(KEYS), st.lists(TYPED, min_size=1, max_size=2)))
def test_whatever_is_typed_is_as_the_component_renders_it(body: dict[str, list[str]]) -> None:
    form = Form(QUESTIONS, "en", at=AT, instance="ao1-")
    form.submit(body)
    assert written(form) == as_rendered(form)


def test_one_person_never_sees_what_another_typed() -> None:
    for value, instance in (("Vera", "a-"), ("Eve", "b-"), (None, "c-")):
        form = Form(QUESTIONS[:1], "en", at=AT, values={"text": value}, instance=instance)
        shown = written(form)
        assert f'id="{instance}text"' in shown
        assert f'value="{value or ""}"' in shown


def test_what_was_typed_is_never_markup() -> None:
    form = Form(QUESTIONS[:1], "en", at=AT, values={"text": '"><b>\0id\0'})
    assert (
        'value="&#34;&gt;&lt;b&gt;\N{REPLACEMENT CHARACTER}id\N{REPLACEMENT CHARACTER}"'
        in written(form)
    )
