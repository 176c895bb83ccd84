"""One line for each fact, as text or as JSON: time, level, who, what, and of which session."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

from p4rsvp.daemon.settings import LogTable
from p4rsvp.wire.session import GpiSession, Session

# What p4rsvp adds to a record; standard attributes are not repeated.
_FIELDS = ("session", "detail")


def set_up(table: LogTable, stream: TextIO) -> None:
    """Log as the file says, from now on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if table.format == "json" else TextLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(table.level.upper())
    # finsy tells every step of a connection, which is no news to an operator.
    logging.getLogger("finsy").setLevel(max(logging.ERROR, root.level))


class TextLines(logging.Formatter):
    """`2026-01-31T12:00:00.000Z INFO daemon: text key=value`."""

    def format(self, record: logging.LogRecord) -> str:
        name = record.name.removeprefix("p4rsvp.")
        line = f"{_time(record)} {record.levelname} {name}: {record.getMessage()}"
        line += "".join(f" {key}={value}" for key, value in _extras(record).items())
        return line + (f"\n{self.formatException(record.exc_info)}" if record.exc_info else "")


class JsonLines(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def session_text(session: object) -> str:
    """A session as operators write it."""
    if isinstance(session, Session):
        return f"{session.destination}/{session.protocol}:{session.port}"
    if isinstance(session, GpiSession):
        return f"{session.destination}/{session.protocol}:gpi"
    return str(session)


def _extras(record: logging.LogRecord) -> dict[str, str]:
    found = {key: getattr(record, key, None) for key in _FIELDS}
    return {key: session_text(value) for key, value in found.items() if value}


def _time(record: logging.LogRecord) -> str:
    stamp = datetime.fromtimestamp(record.created, UTC)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
