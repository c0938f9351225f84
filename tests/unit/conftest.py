"""The small world of the unit tests: a time, people, sites."""

from datetime import UTC, datetime

import hypothesis
import pytest

# Laws are tested for truth, not for speed: a busy machine must not fail them.
hypothesis.settings.register_profile("askonce", deadline=None, print_blob=True)
hypothesis.settings.load_profile("askonce")


@pytest.fixture
def at() -> datetime:
    """The time at which the test happens."""
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
