"""The table of host situations says what the tests show, and nothing else."""

from pathlib import Path

from tests.e2e.embeds import EMBEDS
from tests.e2e.situations import COLUMNS, SITUATIONS, as_markdown, cells

WRITTEN = Path(__file__).parents[2] / "docs" / "host-situations.md"


def test_the_document_holds_the_table_of_the_tests() -> None:
    _, _, table = WRITTEN.read_text().partition("| situation |")
    assert f"| situation |{table}".strip() == as_markdown()


def test_every_mode_in_every_situation_is_a_test_or_has_a_reason() -> None:
    shown = {(mode, situation.name) for mode, situation in cells()}
    excused = {(mode, one.name) for one in SITUATIONS for mode in one.cannot}
    assert shown & excused == set()
    assert shown | excused == {(mode, one.name) for mode in COLUMNS for one in SITUATIONS}
    assert COLUMNS.keys() == EMBEDS.keys()
