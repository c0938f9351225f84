"""Logs: one JSON object a line, and of an exception nothing that could name anybody."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from app.lib.logs import configure_logs

SECRET = "vera@example.com"


class Lines(list[str]):
    """What is written, line by line, once the logs are configured by `configure`."""

    def configure(self, level: str) -> None:
        configure_logs(level)
        structlog.get_config()["processors"].append(self._write)

    def _write(self, _logger: Any, _method: str, line: Any) -> Any:
        self.append(line.decode())
        raise structlog.DropEvent

    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self[-1])
        return found


@pytest.fixture
def lines(logged: list[str]) -> Iterator[Lines]:
    """The lines of a test that configures the logs itself."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Lines()
    structlog.configure(**before)
    root.handlers[:], root.level = handlers, level


def raised() -> Exception:
    try:
        raise ValueError(f"no such person: {SECRET}")
    except ValueError as error:
        return error


def test_a_line_is_an_object_with_level_and_time(lines: Lines) -> None:
    lines.configure("info")
    structlog.get_logger().info("request", route="/x", ms=1.5)
    line = lines.last()
    assert {"event": "request", "level": "info", "route": "/x", "ms": 1.5}.items() <= line.items()
    assert line["timestamp"].endswith("Z")
    assert len(lines) == 1
    assert "\n" not in lines[0]


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)],
)
def test_what_is_below_the_level_is_not_written(lines: Lines, level: str, heard: int) -> None:
    lines.configure(level)
    log = structlog.get_logger()
    for say in (log.debug, log.info, log.warning, log.error):
        say("x")
    assert len(lines) == heard


def test_an_exception_is_its_class_and_its_place(lines: Lines) -> None:
    lines.configure("info")
    structlog.get_logger().error("fault", exc_info=raised())
    line = lines.last()
    assert line["exception"] == "ValueError"
    assert line["where"][-1].startswith("test_logs.py:")
    assert line["where"][-1].endswith(" raised")
    assert SECRET not in "".join(lines)


def test_an_exception_at_hand_is_told_in_the_same_way(lines: Lines) -> None:
    lines.configure("info")
    try:
        raise KeyError(SECRET)
    except KeyError:
        structlog.get_logger().error("fault", exc_info=True)
    assert lines.last()["exception"] == "KeyError"
    assert SECRET not in "".join(lines)


def test_a_library_is_heard_without_its_arguments(lines: Lines) -> None:
    lines.configure("info")
    library = logging.getLogger("some.library")
    library.info("not heard")
    library.warning("no mail to %s", SECRET, exc_info=raised())
    line = lines.last()
    assert (line["logger"], line["said"]) == ("some.library", "no mail to %s")
    assert line["exception"] == "ValueError"
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert SECRET not in "".join(lines)


def test_a_line_break_cannot_forge_a_line(lines: Lines) -> None:
    lines.configure("info")
    structlog.get_logger().info("request", route='/x\n{"event":"forged"}')
    assert len(lines) == 1
    assert "\n" not in lines[0]
