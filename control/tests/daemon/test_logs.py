"""Lines of the log."""

from __future__ import annotations

import json
import logging

import pytest

from p4rsvp.daemon.logs import FACTS_AT_ONCE, FACTS_PER_S, Facts, JsonLines, TextLines
from p4rsvp.engine.effects import Trace, TraceKind
from p4rsvp.wire.address import Address
from p4rsvp.wire.session import Session


def record() -> logging.LogRecord:
    made = logging.LogRecord(
        "p4rsvp.daemon", logging.INFO, "", 0, "%s was created", ("path state",), None
    )
    made.created = 0.25
    made.session = Session(Address.parse("239.1.1.1"), 17, 5004)
    return made


def test_a_line_of_text_names_the_session() -> None:
    line = TextLines().format(record())
    assert line == (
        "1970-01-01T00:00:00.250Z INFO daemon: path state was created session=239.1.1.1/17:5004"
    )


def test_a_line_of_json_is_an_object() -> None:
    assert json.loads(JsonLines().format(record())) == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "info",
        "logger": "p4rsvp.daemon",
        "message": "path state was created",
        "session": "239.1.1.1/17:5004",
    }


def test_a_flood_of_facts_makes_few_lines_and_says_how_many_are_missing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = logging.getLogger("p4rsvp.test")
    facts, malformed = Facts(log), Trace(TraceKind.MALFORMED)
    with caplog.at_level(logging.INFO, "p4rsvp.test"):
        for _ in range(FACTS_AT_ONCE + 5_000):
            facts.log(malformed, 0)
        assert len(caplog.messages) == FACTS_AT_ONCE
        facts.log(malformed, 10**9 // FACTS_PER_S)
    assert caplog.messages[-2:] == [
        "5000 facts were counted and not logged",
        "a message was malformed",
    ]
