"""Reading a document: every mistake at once, each with its line and what to write instead."""

from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.document import read_document
from app.domain.shape import Path
from app.lib import yaml
from tests.unit.domain.documents import SOUND, mistakes, read, sound, warnings

SAMPLE = File(__file__).with_name("sample.yaml")


def test_the_sample_of_the_format_is_read() -> None:
    document = read_document(SAMPLE.read_bytes(), "sample.yaml")
    assert document.mistakes == ()
    assert document.workspace is not None
    assert list(document.workspace.sites) == ["shop", "club"]


def test_the_sample_of_the_reference_is_sound() -> None:
    page = (File(__file__).parents[3] / "docs" / "configuration.md").read_text()
    assert mistakes(page.split("```yaml\n")[1].split("```")[0]) == []


def test_the_sample_does_not_say_whose_people_its_sites_have() -> None:
    found = read_document(SAMPLE.read_bytes(), "sample.yaml").warnings
    assert [one.path for one in found if "subjects: own" in one.message] == ["sites"]


def test_a_sound_document_has_no_mistake_and_no_warning_about_its_own_texts() -> None:
    assert mistakes(SOUND) == []
    assert not [one for one in warnings(SOUND) if "steps" in one]


STEP = """  work:
    title: Work
    fields: [company]
    trigger: {on: login}
"""
TYPES = "one of text, multiline, email, tel, url, number, integer, boolean, choice, choices,"


@pytest.mark.parametrize(
    ("former", "written", "said"),
    [
        ("askonce: 1", "askonce: 2", "a.yaml:1: askonce: write 1"),
        (
            "askonce: 1\n",
            "",
            "a.yaml:1: askonce: `askonce` is missing. The version of this format.",
        ),
        (
            "workspace: acme",
            "workspace: Acme",
            (
                "a.yaml:2: workspace: write a key in small letters, digits and underscores,"
                " beginning"
                " with a letter"
            ),
        ),
        (
            "attributes:",
            "atributes:",
            "a.yaml:3: atributes: `atributes` is not a key here: did you mean `attributes`?",
        ),
        (
            "{kind: text}",
            "{kind: txt}",
            (
                f"a.yaml:5: attributes.company.kind: write {TYPES} consent, birthdate, country,"
                " language, timezone; did you mean `text`?"
            ),
        ),
        (
            "{kind: text}",
            "{kind: text, valid_for: 3 days}",
            (
                "a.yaml:5: attributes.company.valid_for: write a duration as a number and a"
                " unit, like"
                " 30m, 1h, 7d or 2w"
            ),
        ),
        (
            "{kind: text}",
            "{kind: text, label: [a]}",
            "a.yaml:5: attributes.company.label: write a text, or a map of languages to texts",
        ),
        (
            "{kind: text}",
            "{kind: text, label: {}}",
            "a.yaml:5: attributes.company.label: write the text in at least one language",
        ),
        (
            "{kind: text}",
            "{kind: text, label: {en: 3}}",
            (
                "a.yaml:5: attributes.company.label.en: write a text (a text that looks like a"
                " number,"
                " or like true, needs quotes)"
            ),
        ),
        (
            "{kind: text}",
            "{kind: text, rules: {length: {max: 0}}}",
            "a.yaml:5: attributes.company.rules.length.max: write 1 or more",
        ),
        (
            "{kind: text}",
            "{kind: text, rules: {lenght: {max: 3}}}",
            (
                "a.yaml:5: attributes.company.rules.lenght: `lenght` is not a key here: did you"
                " mean"
                " `length`?"
            ),
        ),
        (
            "{kind: text}",
            '{kind: number, rules: {range: {min: "a"}}}',
            "a.yaml:5: attributes.company.rules.range.min: write a number",
        ),
        (
            "[https://shop.example]",
            "[http://shop.example]",
            (
                "a.yaml:10: sites.shop.origins: 'http://shop.example': use https (http is for"
                " loopback"
                " only)"
            ),
        ),
        ("[https://shop.example]", "[]", "a.yaml:10: sites.shop.origins: write at least 1 of them"),
        (
            "supplies: [given_name]",
            'sandbox: "true"',
            "a.yaml:11: sites.shop.sandbox: write true or false",
        ),
        (
            "supplies: [given_name]",
            "region: Germany",
            (
                "a.yaml:11: sites.shop.region: write a country as two capital letters (ISO 3166-1),"
                " like DE"
            ),
        ),
        (
            "supplies: [given_name]",
            "keys: [{kid: k, alg: Ed25519, jwk: {kty: OKP, crv: Ed25519, x: AA, d: AA}}]",
            (
                "a.yaml:11: sites.shop.keys[0].jwk: this is a private key: only the public part"
                " belongs"
                " here"
            ),
        ),
        (
            "[company]",
            "[{attribute: company, requried: true}]",
            (
                "a.yaml:16: steps.work.fields[0].requried: `requried` is not a key here: did you"
                " mean"
                " `required`?"
            ),
        ),
        ("title: Work\n", "\n", "a.yaml:14: steps.work.title: `title` is missing. The heading."),
        (
            "[company]",
            "[company, company]",
            "a.yaml:14: steps.work: an attribute is asked twice in this step",
        ),
        (
            "{on: login}",
            "{on: logn}",
            (
                "a.yaml:17: steps.work.trigger: `on`: write one of login, page, click, event,"
                " request;"
                " did you mean `login`?"
            ),
        ),
        (
            "{on: login}",
            "{on: page}",
            "a.yaml:17: steps.work.trigger.url: `url` is missing. Which pages.",
        ),
        (
            "{on: login}",
            "[{on: click, name: a}, {count: {at: 3}}]",
            "a.yaml:17: steps.work.trigger[1]: `on` is missing: say at which moments",
        ),
        (
            "{on: login}",
            "{on: login, count: {at: 3, from: 2}}",
            (
                "a.yaml:17: steps.work.trigger.count: a count has exactly one of first, at, every,"
                " from"
            ),
        ),
        (
            "{on: login}",
            "{on: login}\n    audience: {known: 3}",
            (
                "a.yaml:18: steps.work.audience.known: write true or false, or a text (a text that"
                " looks like a number, or like true, needs quotes)"
            ),
        ),
        (
            "{on: login}",
            "{on: login}\n    audience: {all: [{attribute: company, equals: [a]}]}",
            (
                "a.yaml:18: steps.work.audience.all[0].equals: write a text, a whole number, a"
                " number, or true or false"
            ),
        ),
        (
            "{on: login}",
            "{on: login}\n    audience: {attribute: company, before: 31.12.2026}",
            (
                "a.yaml:18: steps.work.audience.before: write a date like 2026-12-31, or a moment"
                " like 2026-12-31T18:00:00Z"
            ),
        ),
        (
            "{on: login}",
            "{on: login}\n    audience: {not_: {known: company}}",
            "a.yaml:18: steps.work.audience.not_: `not_` is not a key here: did you mean `not`?",
        ),
        (
            "{on: login}",
            "{on: login}\n    from: 2026-01-01T00:00:00",
            (
                "a.yaml:18: steps.work.from: say the time zone of the moment, like"
                " 2026-03-01T09:00:00Z"
            ),
        ),
        (
            "{on: login}",
            "{on: login}\n    skip: never",
            "a.yaml:18: steps.work.skip: write a map of keys to values, or true or false",
        ),
        (
            "[company]",
            "company",
            "a.yaml:16: steps.work.fields: write a list",
        ),
        (
            "{on: login}",
            "login",
            "a.yaml:17: steps.work.trigger: write a map of keys to values, or a list",
        ),
        (STEP, "  - work\n", "a.yaml:13: steps: write a map of keys to values"),
    ],
)
def test_a_mistake_names_its_line_its_path_and_what_to_write(
    former: str, written: str, said: str
) -> None:
    assert former in SOUND
    assert mistakes(SOUND.replace(former, written, 1)) == [said]


def test_every_mistake_is_told_at_once_also_between_sound_parts() -> None:
    source = SOUND.replace("kind: text}", "kind: txt}", 1).replace("[given_name]", "[given_nam]")
    source = source.replace("on: login", "on: logn")
    assert [one.split(": ")[1] for one in mistakes(source)] == [
        "attributes.company.kind",
        "sites.shop.supplies[0]",
        "steps.work.trigger",
    ]


def test_what_is_broken_still_counts_as_written() -> None:
    source = SOUND.replace("company: {kind: text}", "company: {kind: txt}")
    assert not [one for one in mistakes(source) if "there is no attribute" in one]


def test_a_document_with_a_flaw_in_its_yaml_is_not_used() -> None:
    document = read(SOUND + "workspace: other\n")
    assert document.workspace is None
    assert [one.line for one in document.mistakes] == [18]


@pytest.mark.parametrize("source", ["", "3", "[a]", "a: [", "null", "\x00"])
def test_what_is_no_document_is_one_mistake(source: str) -> None:
    assert read(source).workspace is None
    assert len(read(source).mistakes) == 1


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    members = value.items() if isinstance(value, dict) else ()
    for step, inner in enumerate(value) if isinstance(value, tuple) else members:
        yield from paths(inner, (*path, step))


def replaced(value: Any, path: Path, junk: Any) -> Any:
    if not path:
        return junk
    step, *rest = path
    if isinstance(value, dict):
        return {**value, step: replaced(value[step], tuple(rest), junk)}
    place = int(step)
    return (*value[:place], replaced(value[place], tuple(rest), junk), *value[place + 1 :])


WRITTEN = yaml.read(SAMPLE.read_bytes()).value
JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "x",
    "given_name",
    "shop",
    (),
    ("x",),
    {},
    {"x": {}},
    ((),),
]
JUNK += [{"on": "page"}, {"all": ()}, {"known": "x"}, {"attribute": "plan"}, "9" * 300]


@given(st.lists(st.tuples(st.sampled_from([*paths(WRITTEN)]), st.sampled_from(JUNK)), min_size=1))
def test_whatever_is_written_is_a_document_or_mistakes(changes: list[tuple[Path, Any]]) -> None:
    value = WRITTEN
    for path, junk in changes:
        if path in paths(value):
            value = replaced(value, path, junk)
    document = read(yaml.write(value))
    assert (document.workspace is None) is bool(document.mistakes)
    for mistake in document.mistakes:
        assert mistake.line > 0
        assert "pydantic" not in mistake.message
        assert not mistake.message.startswith("Input should")


def test_json_is_read_too() -> None:
    document = sound('{"askonce": 1, "workspace": "acme", "attributes": {"email": {}}}')
    assert list(document.attributes) == ["email"]


def test_shorthands_mean_what_they_stand_for() -> None:
    long = SOUND.replace("[company]", "[{attribute: company}]").replace(
        "{on: login}", "[{on: login}]\n    skip: {allowed: false}"
    )
    short = SOUND.replace("{on: login}", "{on: login}\n    skip: false")
    assert sound(long) == sound(short)
