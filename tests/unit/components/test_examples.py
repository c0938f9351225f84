"""Every example of every component is what it claims to be."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from app.lib import assets
from app.lib.i18n import use_locale
from app.lib.templates import environment
from app.widget.gallery import Example, components
from tests.unit.components.reading import Page, role_of, text_of

COMPONENTS = sorted(path.name for path in assets.path("components").iterdir() if path.is_dir())


def examples(locale: str) -> dict[str, Example]:
    with use_locale(locale):
        return {one.id: one for component in components(locale) for one in component.examples}


EXAMPLES = sorted(examples("en"))
every_component = pytest.mark.parametrize("name", COMPONENTS)
every_example = pytest.mark.parametrize("name", EXAMPLES)
every_locale = pytest.mark.parametrize("locale", ["en", "de", "ar"])


def rendered(name: str, locale: str = "en") -> str:
    with use_locale(locale):
        template = environment().get_template("app/widget/gallery_example.html")
        return template.render(example=examples(locale)[name])


def page(name: str, locale: str = "en") -> Page:
    return Page(rendered(name, locale))


@every_component
def test_a_component_is_a_template_and_examples_and_perhaps_a_sheet(name: str) -> None:
    files = {path.name for path in assets.path(f"components/{name}").iterdir()}
    assert files - {f"{name}.css"} == {f"{name}.html", f"{name}.yaml"}


@every_component
def test_a_component_is_a_macro_of_its_name(name: str) -> None:
    module = environment().get_template(f"components/{name}/{name}.html").module
    assert getattr(module, name).name == name


@every_locale
@every_example
def test_an_example_is_valid(name: str, locale: str) -> None:
    found = [element for element in page(name, locale).root.iter() if element.get("id")]
    assert [id for id, n in Counter(element.get("id") for element in found).items() if n > 1] == []


@pytest.mark.parametrize("name", [one for one in EXAMPLES if not one.startswith("error_summary")])
def test_an_example_refers_only_to_what_it_holds(name: str) -> None:
    shown = page(name)
    assert set(references(shown)) - set(shown.ids) == set()


def references(shown: Page) -> Iterator[str]:
    for element in shown.root.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby"):
            yield from element.get(attribute, "").split()
        if element.get("href", "").startswith("#"):
            yield element.attrib["href"][1:]


@every_example
def test_every_control_has_a_name(name: str) -> None:
    shown = page(name)
    for role in ("textbox", "combobox", "radio", "checkbox", "button", "link", "group"):
        assert [one.attrib for one in shown.all(role) if not shown.name_of(one)] == []


@every_example
def test_an_example_has_only_its_own_kind_of_classes(name: str) -> None:
    classes = " ".join(element.get("class", "") for element in page(name).root.iter())
    assert {one for one in classes.split() if not one.startswith("ao-")} == set()


@every_example
def test_an_example_has_no_line_breaks_of_the_template(name: str) -> None:
    markup = re.sub(r"<(textarea|p)\b.*?</\1>", "", rendered(name), flags=re.DOTALL)
    assert "\n" not in markup.strip()


@pytest.mark.parametrize(
    ("name", "role", "label"),
    [
        ("input-empty", "textbox", "Company"),
        ("input-with-a-problem", "textbox", "Number of employees (optional)"),
        ("textarea-filled", "textbox", "What would you like to achieve? (optional)"),
        ("select-chosen", "combobox", "Country"),
        ("radios-chosen", "radiogroup", "How many people work with you?"),
        ("radios-chosen", "radio", "2 to 10"),
        ("checkboxes-chosen", "group", "What would you like to hear about?"),
        ("checkboxes-chosen", "checkbox", "Events"),
        ("input-phone", "textbox", "Phone number (optional)"),
        ("birthdate-empty", "group", "Date of birth"),
        ("birthdate-empty", "textbox", "Year"),
    ],
)
def test_a_field_is_found_by_its_label(name: str, role: str, label: str) -> None:
    assert page(name).one(role, label) is not None


WRONG = [name for name in EXAMPLES if "problem" in name or "wrong" in name]
CONTROLS = ("textbox", "combobox", "radiogroup", "checkbox")


@pytest.mark.parametrize("name", [one for one in WRONG if not one.startswith("error_")])
def test_a_wrong_field_says_so_and_why(name: str) -> None:
    shown = page(name)
    wrong = [one for role in CONTROLS for one in shown.all(role) if one.get("aria-invalid")]
    assert wrong
    error = next(one for one in shown.root.iter("p") if one.get("class") == "ao-field-error")
    described = [*shown.all("group"), *shown.all("radiogroup"), *wrong]
    assert any(text_of(error) in shown.description_of(one) for one in described)


def test_the_summary_says_the_words_that_stand_beside_the_fields() -> None:
    shown = page("step-with-problems")
    alert = shown.one("alert")
    links = list(alert.iter("a"))
    assert [shown.name_of(one) for one in alert.iter("h2")] == ["There is a problem"]
    assert len(links) == 2
    for link in links:
        field = shown.ids[link.attrib["href"][1:]]
        assert field.get("aria-invalid") == "true"
        assert (link.text or "") in shown.description_of(field)


def test_what_was_typed_stays_when_it_is_wrong() -> None:
    shown = page("step-with-problems")
    values = [one.get("value") for one in shown.all("textbox")]
    assert values == ["", "Head of design", "vera@"]


def test_a_summary_leads_to_the_part_that_is_wrong() -> None:
    shown = page("birthdate-with-a-wrong-part")
    field = examples("en")["birthdate-with-a-wrong-part"].arguments["field"]
    summary = environment().get_template("components/error_summary/error_summary.html").module
    (link,) = Page(str(summary.error_summary([field]))).all("link")  # type: ignore[attr-defined]
    assert shown.name_of(shown.ids[link.attrib["href"][1:]]) == "Month"
    wrong = [shown.name_of(one) for one in shown.all("textbox") if one.get("aria-invalid")]
    assert wrong == ["Month"]


def test_the_first_button_of_a_step_saves() -> None:
    shown = page("step-asking")
    assert [shown.name_of(one) for one in shown.all("button")] == ["Save", "Skip for now", "Close"]


def test_a_step_is_a_form_named_by_its_heading() -> None:
    form = page("step-asking").one("form", "About your work")
    assert (form.get("method"), form.get("action")) == ("post", "/answers")
    assert "novalidate" in form.attrib


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("radios-chosen", ["small"]),
        ("radios-yes-or-no", ["false"]),
        ("radios-empty", []),
        ("checkboxes-chosen", ["product", "offers"]),
        ("checkbox-given", ["true"]),
        ("select-chosen", ["EG"]),
    ],
)
def test_what_was_chosen_is_chosen(name: str, chosen: list[str]) -> None:
    marked = (one for one in page(name).root.iter() if {"checked", "selected"} & set(one.attrib))
    assert [one.get("value") for one in marked] == chosen


def test_a_text_in_another_language_says_which() -> None:
    label = next(page("field-in-another-language", "ar").root.iter("label"))
    assert (label.get("lang"), label.get("dir")) == ("en", "auto")


def test_a_status_is_there_before_it_speaks() -> None:
    assert page("status-silent").one("status").text is None
    assert page("status-speaking").one("status").text == "Saved."


def test_the_status_stands_beside_what_a_swap_replaces() -> None:
    root = page("root-dark").root.find("body/div")
    assert root is not None
    assert [role_of(child) for child in root] == ["generic", "status"]


def test_an_answer_names_its_buttons() -> None:
    shown = page("answer_row-answered")
    assert [shown.name_of(one) for one in shown.all("button")] == ["Edit Company", "Clear Company"]


@pytest.mark.parametrize("name", [one for one in EXAMPLES if one.startswith("notice-")])
def test_a_notice_has_a_heading_that_can_take_the_focus(name: str) -> None:
    assert page(name).one("heading").get("tabindex") == "-1"


def test_what_a_person_typed_is_never_markup() -> None:
    with use_locale("en"):
        example = examples("en")["input-with-a-problem"]
        example.arguments["field"]._raw = {"": ['"><script>x</script>']}
        template = environment().get_template("app/widget/gallery_example.html")
        shown = Page(template.render(example=example))
    assert list(shown.root.iter("script")) == []
    assert shown.one("textbox").get("value") == '"><script>x</script>'
