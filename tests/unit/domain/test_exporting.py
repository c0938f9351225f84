"""Exporting: what was written comes back, with nothing lost."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.domain.document import read_document
from app.domain.exporting import Exported, canonical, export_active
from app.domain.publishing import publish
from app.domain.tables import releases
from app.lib.db import Database
from tests.unit.domain.documents import SOUND, read, sound

SAMPLE = Path(__file__).with_name("sample.yaml").read_text()
FULL = """askonce: 1
workspace: acme
subjects: own
attributes:
  amount: {kind: number, rules: {range: {min: 0.5, max: 10}, step: 0.25, digits: {fraction: 2}}}
  code: {kind: text, rules: {pattern: {regex: '[0-9]{3}', message: {en: Three digits}}}}
  on: {kind: choice, options: [{value: 'on', label: 'yes'}, {value: '1', label: {no: 'Nei'}}]}
sites:
  shop:
    name: "12"
    origins: [https://shop.example]
    keys: [{kid: k, alg: HS256, secret_env: SHOP_SECRET}]
steps:
  b:
    title: "Two\\nlines: with # signs"
    fields: [amount, {attribute: code, when: {not: {attribute: amount, at_least: 2.5}}}]
    trigger: [{on: login, count: {from: 2}}, {on: page, url: {matches: '/a/*'}}]
    from: 2026-01-01T10:00:00+02:00
    until: 2026-02-01T00:00:00Z
    skip: {snooze: [36h, 90m, 2w], limit: 3}
    audience:
      any:
      - {first_seen: {after: 2025-01-01T00:00:00Z}}
      - {claim: vip, equals: true}
      - {attribute: on, one_of: ['on', 1, 2.5, false]}
      - {known: code}
      - {site: [shop]}
  a: {title: {de: Eins, en: One}, fields: ['on'], skip: false}
"""


@pytest.mark.parametrize("source", [SOUND, SAMPLE, FULL])
def test_the_canonical_form_says_the_same(source: str) -> None:
    document = sound(source)
    again = read_document(canonical(document).encode())
    assert again.mistakes == ()
    assert again.workspace == document


@pytest.mark.parametrize("source", [SOUND, SAMPLE, FULL])
def test_the_canonical_form_is_stable(source: str) -> None:
    once = canonical(sound(source))
    assert canonical(sound(once)) == once


def test_the_canonical_form_keeps_the_order_of_steps_and_languages() -> None:
    document = sound(canonical(sound(FULL)))
    assert list(document.steps) == ["b", "a"]
    title = document.steps["a"].title
    assert isinstance(title, dict)
    assert list(title) == ["de", "en"]


def test_what_was_left_out_stays_left_out() -> None:
    assert "required" not in canonical(sound(SOUND))
    assert re.match(r"askonce: 1\nworkspace: acme\n\nattributes:\n", canonical(sound(SOUND)))


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(texts.filter(bool) | st.sampled_from(["on", "1.0", "0o7", "null", "~", "a: b\n#c", "-"]))
def test_every_text_survives(text: str) -> None:
    document = sound().model_copy(
        update={"steps": {"work": sound().steps["work"].model_copy(update={"title": text})}}
    )
    assert read(canonical(document)).workspace == document


async def exported(database: Database) -> Exported | None:
    return await database.read(export_active, "acme")


async def test_nothing_is_exported_before_something_is_published(database: Database) -> None:
    assert await exported(database) is None


async def test_the_source_comes_back_with_its_comments(database: Database, at: datetime) -> None:
    source = SOUND + "# for Ben\n"
    await database.write(publish, sound(), author="ada", note="", source=source, at=at)
    assert await exported(database) == Exported(source, is_source=True)


@pytest.mark.parametrize("source", [SOUND.replace("Work", "Job"), "", "a: [", '{"askonce": 1}'])
async def test_a_source_that_says_something_else_is_not_exported(
    database: Database, at: datetime, source: str
) -> None:
    await database.write(publish, sound(), author="ada", note="", source=SOUND, at=at)
    other = update(releases).values(source=source)
    await database.write(lambda connection: connection.execute(other))
    assert await exported(database) == Exported(canonical(sound()), is_source=False)
