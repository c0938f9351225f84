"""Completeness: one line for each locale on offer."""

from app.domain.completeness import completeness_of
from tests.unit.domain.documents import SOUND, sound


def test_a_text_that_is_written_once_counts_in_each_locale() -> None:
    source = SOUND.replace("given_name: {}", "given_name: {label: First name}")
    source = source.replace("{kind: text}", "{kind: text, label: {en: Firm}}", 1)
    source = source.replace("title: Work", "title: {en: Work, de: Arbeit}")
    assert completeness_of(sound(source)) == (("en", 3, 3), ("de", 2, 3))


def test_a_workspace_without_sites_is_read_in_its_default_locale() -> None:
    document = sound("{askonce: 1, workspace: acme, default_locale: de}")
    assert completeness_of(document) == (("de", 0, 0),)
