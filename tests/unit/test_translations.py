"""Every text is marked, extracted and translated, and nothing a person reads was written past it.

The pseudo-locales show the last: they change every text that goes through the catalogues.
"""

import ast
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from babel import Locale
from babel.messages.catalog import Catalog
from jinja2 import nodes

from app.domain.standard import STANDARD
from app.forms.form import Field
from app.forms.kinds.listed import Listed
from app.lib import assets
from app.lib.db import Database
from app.lib.i18n import catalogue, direction, use_locale
from app.lib.templates import environment
from app.widget.gallery import components
from tests.unit.components.reading import Page
from tests.unit.world import DOCUMENT, Shown, World, document, open_world, publish_document
from tools.translations import catalogues, extracted, mistakes_of, numbers_of, problem_of, read

ROOT = Path(__file__).parents[2]
TAGS = [path.parents[1].name for path in catalogues()]
TEMPLATES = sorted(
    str(path.relative_to(ROOT))
    for folder in ("app", "components")
    for path in (ROOT / folder).rglob("*.html")
)
FOR_DEVELOPERS = {"app/widget/gallery.html", "app/doctor/doctor.html"}
MARKING = {"_", "gettext", "ngettext", "N_", "Message", "counted"}
SPOKEN = ("alt", "aria-description", "aria-label", "placeholder", "title")
LETTERS = re.compile("[A-Za-z]")  # what is not English is not what the texts are written in
every_catalogue = pytest.mark.parametrize("tag", TAGS)
every_pseudo_locale = pytest.mark.parametrize("tag", ["en-XA", "ar-XB"])


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return extracted()


def file_of(tag: str) -> Path:
    (found,) = (path for path in catalogues() if path.parents[1].name == tag)
    return found


# Catalogues


def test_german_and_arabic_are_shipped() -> None:
    assert {"ar", "de"} <= set(TAGS)


@every_catalogue
def test_a_catalogue_is_complete(tag: str, wanted: Catalog) -> None:
    assert list(mistakes_of(file_of(tag), wanted)) == []


@every_catalogue
def test_the_plural_forms_are_those_of_the_language(tag: str) -> None:
    numbers, forms = numbers_of(read(file_of(tag))), Locale.parse(tag).plural_form
    said = {form: {forms(n) for n in them if n < 1000} for form, them in numbers.items()}
    assert [form for form, categories in said.items() if len(categories) != 1] == []
    assert len(said) == len(set.union(*said.values()))


@every_catalogue
def test_no_text_has_a_straight_quote(tag: str, wanted: Catalog) -> None:
    texts = [str(message.string) for message in read(file_of(tag)) if message.id]
    assert [text for text in [*texts, *(str(one.id) for one in wanted)] if '"' in text] == []


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "لا يلزم تحديد أي خيار"),
        (1, "يُرجى تحديد خيار واحد على الأقل"),
        (2, "يُرجى تحديد خيارين على الأقل"),
        (3, "يُرجى تحديد 3 خيارات على الأقل"),
        (11, "يُرجى تحديد 11 خيارًا على الأقل"),
        (100, "يُرجى تحديد 100 خيار على الأقل"),
        (103, "يُرجى تحديد 103 خيارات على الأقل"),
    ],
)
def test_arabic_counts_in_six_ways(n: int, said: str) -> None:
    one, many = (f"Choose at least {{n}} option{s} for “{{label}}”." for s in ("", "s"))
    assert catalogue("ar").ngettext(one, many, n).format(n=n, label="س") == f"{said} في «س»."


@pytest.mark.parametrize(
    ("text", "translated", "problem"),
    [
        ("Yes", "Ja", ""),
        ("Yes", "", "untranslated"),
        ("Yes", None, "missing"),
        ("Try again.", "Noch einmal", "another end than in English"),
        ("From {a} to {b}.", "Bis {b} von {a}.", ""),
        ("From {a} to {b}.", "Von {a}.", "other values than in English"),
        ("From {a}.", "Von {a} bis {c}.", "other values than in English"),
        ("From {a}.", "Von {a.", "other values than in English"),
        (("{n} day", "{n} days"), ("ein Tag", "{n} Tage"), ""),
        (("{n} day", "{n} days"), ("{n} Tag", "viele Tage"), "other values than in English"),
        (("{n} day", "{n} days"), ("{n} Tag", ""), "untranslated"),
        (
            ("{n} day", "{n} days"),
            ("{n} Tag", "{n} Tage", "{n} Tage"),
            "Wrong number of plural forms (expected 2)",
        ),
    ],
)
def test_a_mistake_in_a_translation_is_found(
    text: str | tuple[str, str], translated: str | tuple[str, ...] | None, problem: str
) -> None:
    german = Catalog(locale="de")
    message = german.add(text, translated)
    assert problem_of(None if translated is None else message, german) == problem


def test_a_fuzzy_translation_is_none() -> None:
    german = Catalog(locale="de")
    assert problem_of(german.add("Yes", "Nein", flags=["fuzzy"]), german) == "fuzzy"


# Marking and extracting


def marked(path: Path) -> Iterator[ast.expr]:
    """The texts that a module hands to what marks them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name in MARKING:
                yield from node.args[: 2 if name in ("ngettext", "counted") else 1]


def test_what_is_marked_is_a_whole_text_and_extracted(wanted: Catalog) -> None:
    known = {text for one in wanted for text in ([one.id] if one.id else [])}
    flat = {text for ids in known for text in (ids if isinstance(ids, tuple) else (ids,))}
    found = [
        node.value if isinstance(node, ast.Constant) else ast.unparse(node)
        for path in (ROOT / "app").rglob("*.py")
        if path.parent.name != "i18n"
        for node in marked(path)
    ]
    assert len(found) > 80
    assert set(found) - flat == set()


@pytest.mark.parametrize("name", [one for one in TEMPLATES if one not in FOR_DEVELOPERS])
def test_a_template_holds_no_text_of_its_own(name: str) -> None:
    tree = environment().parse((ROOT / name).read_text("utf-8"))
    markup = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "{}"
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
    )
    assert re.findall(rf"(?:{'|'.join(SPOKEN)})=\"[^\"{{]*\w", markup) == []
    assert LETTERS.findall(re.sub(r"<[^>]*>", "", markup)) == []


# Pseudo-locales


def texts_of(page: Page) -> Iterator[str]:
    """Every piece of text that a page shows or says."""
    for element in page.root.iter():
        if element.tag not in ("script", "style"):
            yield element.text or ""
        yield element.tail or ""
        yield from (element.attrib.get(name, "") for name in SPOKEN)


def unmarked(page: Page, tag: str, own: str) -> list[str]:
    """The texts that are neither of the pseudo-locale nor the operator's `own`."""
    own += "Page"  # the title that a fragment is read with
    return [text for text in texts_of(page) if not is_pseudo(text, tag, own)]


def is_pseudo(text: str, tag: str, own: str) -> bool:
    if text.strip() in own or not LETTERS.search(text):
        return True
    if tag == "en-XA":
        return re.fullmatch(r"\s*\[.*\]\s*", text, re.DOTALL) is not None
    rest = re.sub("\u202e\\w+\u202c|\u2068[^\u2069]*\u2069|“[^”]*”", "", text)
    return not LETTERS.search(rest)


@pytest.mark.parametrize(
    ("text", "tag", "is_one"),
    [
        ("Save", "en-XA", False),
        ("[Šåṽé ôñ]", "en-XA", True),
        ("[Šåṽé ôñ]: now", "en-XA", False),
        ("Save", "ar-XB", False),
        ("\u200f\u202eSave\u202c\u200f", "ar-XB", True),
        ("\u200f\u202eSave\u202c\u200f now", "ar-XB", False),
        ("Acme", "ar-XB", True),
        ("12", "en-XA", True),
    ],
)
def test_a_pseudo_text_is_recognised(text: str, tag: str, is_one: bool) -> None:
    assert is_pseudo(text, tag, own="The letter of Acme") is is_one


@every_pseudo_locale
def test_every_example_of_every_component_speaks_a_pseudo_locale(tag: str) -> None:
    with use_locale(tag):
        template = environment().get_template("app/widget/gallery_example.html")
        for component in components(tag):
            path = assets.path(f"components/{component.name}/{component.name}.yaml")
            own = " ".join(strings_in(yaml.safe_load(path.read_text("utf-8"))))
            for one in component.examples:
                page = Page(template.render(example=one))
                asked = [*one.fields, *filter(None, [one.arguments.get("field")])]
                assert unmarked(page, tag, own + "".join(map(names_in, asked))) == [], one.id


def strings_in(written: object) -> Iterator[str]:
    """Every string of a document."""
    if isinstance(written, str):
        yield written
    elif isinstance(written, Mapping):
        yield from strings_in([*written.values()])
    elif isinstance(written, list):
        for one in written:
            yield from strings_in(one)


def names_in(field: Field) -> str:
    """The names of countries, languages and time zones: they are not ours."""
    is_listed = isinstance(field.question.kind, Listed)
    return " ".join(option.label for option in field.options) if is_listed else ""


SAID = "Acme Paper Works"
OWN = DOCUMENT + SAID + "".join(f"{one.label} {one.hint}" for one in STANDARD.values())


@every_pseudo_locale
async def test_every_screen_speaks_a_pseudo_locale(sqlite_url: str, tag: str) -> None:
    database = Database(sqlite_url)
    await database.open()
    await publish_document(database, document(**{"[en, de, ar]": f"[{tag}]"}))
    await database.close()
    async with open_world(sqlite_url) as world:
        for name, shown in [one async for one in screens(world)]:
            card = shown.page.root.find(".//*[@class='ao-prompt']")
            assert card is not None, name
            assert (card.get("lang"), card.get("dir")) == (tag, direction(tag)), name
            assert unmarked(shown.page, tag, OWN) == [], name


async def screens(world: World) -> AsyncIterator[tuple[str, Shown]]:
    """Everything that a person can come to see of a step and of the editor."""
    frame = await world.frame(await world.ticket())
    yield "a frame", frame
    yield "a frame's problems", await world.in_frame(frame, "fragments/frame/answers", company="")
    step = await world.mount()
    yield "a step", step
    yield "its problems", await world.send(step, "answers", website="not one")
    second = await world.send(step, "answers", company=SAID)
    yield "the next step", second
    yield "thanks", await world.send(second, "answers", seats="1")
    profile = await world.mount(place="profile")
    yield "the editor", profile
    question = await world.submit(profile, "profile/4/questions", attribute="company")
    yield "a question", question
    yield "its problem", await world.submit(question, "profile/4/answers", company=SAID * 10)
    yield "a change", await world.submit(question, "profile/4/answers", company=SAID)
    question = await world.submit(profile, "profile/4/questions", attribute="seats")
    yield "an answer cleared", await world.submit(question, "profile/4/removals")
    yield "a refusal", await world.post("/v1/sites/acme.shop/fragments/4/answers", {"_t": "forged"})
