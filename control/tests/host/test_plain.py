"""`PlainSession` takes just what `Session` takes; for mypy, by what it refuses here."""

import inspect
from collections.abc import Callable
from typing import assert_type

import pytest

from p4rsvp.host.plain import PlainSession
from p4rsvp.host.session import Session
from p4rsvp.wire.filter_spec import Selector


@pytest.mark.parametrize(
    "name",
    ["__init__", "send", "way", "stop_sending", "listen", "reserve", "release", "close"],
)
def test_a_plain_call_has_the_parameters_of_the_other(name: str) -> None:
    plain, other = (inspect.signature(getattr(kind, name)) for kind in (PlainSession, Session))
    assert plain.parameters == other.parameters


def calls(session: PlainSession) -> list[Callable[[], object]]:
    """What is wrong is an error of mypy: an ignore that ignores nothing is one as well."""
    return [
        lambda: assert_type(session.send("1 Mbit/s", packet=1000), Selector),
        lambda: session.send("1 Mbit/s", color="red"),  # type: ignore[call-arg]  # on purpose
        lambda: session.reserve(delay_ms="soon"),  # type: ignore[arg-type]  # on purpose
        lambda: PlainSession(5004),  # type: ignore[arg-type]  # on purpose
    ]


def test_a_wrong_argument_is_refused_when_it_is_called_as_well() -> None:
    session = object.__new__(PlainSession)
    session._session = object.__new__(Session)
    with pytest.raises(TypeError, match="color"):
        calls(session)[1]()
