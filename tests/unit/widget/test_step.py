"""The step in a host's page: asked, answered, corrected, skipped, closed, seen."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.signing import SHOP
from tests.unit.world import VERA, World

DIALECTS = ("2", "4")


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_mount_asks_what_is_not_known(world: World, dialect: str) -> None:
    shown = await world.mount(dialect)
    assert (shown.status, shown.heading) == (200, "About your work")
    assert shown.typed("Company") == ""
    assert shown.control("Website").tag == "input"
    assert shown.buttons == ["Save", "Skip for now", "Close"]
    assert shown.events["askonce-prompted"]["step"] == "work"
