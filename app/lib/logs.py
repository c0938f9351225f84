"""Logs: one JSON object a line; exceptions by class and place, without their values."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

_encode = msgspec.json.Encoder().encode
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure_logs(level: str) -> None:
    """Write from `level` on; what libraries log goes the same way, from warnings on."""
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = _Forwarding(logging.WARNING)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _line(_logger: Any, method: str, event: MutableMapping[str, Any]) -> bytes:
    """One function for what would be four: every request writes a line."""
    event["level"] = method
    event.setdefault("timestamp", datetime.now(UTC))
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event.update(_without_values(error))
    return _encode(event)


def _without_values(error: BaseException) -> dict[str, Any]:
    """An exception as its class and where it was raised: its message may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames]
    return {"exception": type(error).__name__, "where": where}


class _Forwarding(logging.Handler):
    """What a library logs, without its arguments and with its exception's class alone."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        log = structlog.get_logger()
        log.warning("library", logger=record.name, exc_info=error, said=str(record.msg)[:200])
