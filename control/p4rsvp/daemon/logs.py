"""One line for each fact, as text or as JSON: time, level, who, what, and of which session.

Of what neighbours bring about, no more is logged than FACTS_PER_S in the long run: a flood fills no
disk. All facts are counted, whether there is a line for them or not.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

from p4rsvp.daemon.settings import LogTable
from p4rsvp.engine.effects import Trace, TraceKind
from p4rsvp.security.allowance import Allowance
from p4rsvp.wire.session import GpiSession, Session

# What p4rsvp adds to a record; standard attributes are not repeated.
_FIELDS = ("session", "detail")

FACTS_PER_S = 100
FACTS_AT_ONCE = 2_000
_NOISY = frozenset({TraceKind.DROPPED, TraceKind.NOT_FOR_US})


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


class Facts:
    """The facts of a node, as lines of a log."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._allowance = Allowance(FACTS_PER_S, FACTS_AT_ONCE)
        self._withheld = 0

    def log(self, trace: Trace, now_ns: int) -> None:
        """One named fact, one line."""
        level = logging.DEBUG if trace.kind in _NOISY else logging.INFO
        if not self._log.isEnabledFor(level):
            return
        if not self._allowance.take(now_ns):
            self._withheld += 1
            return
        if self._withheld:
            self._log.warning("%d facts were counted and not logged", self._withheld)
            self._withheld = 0
        about = {"session": trace.session, "detail": trace.text}
        self._log.log(level, "%s", trace.kind.value, extra=about)


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
