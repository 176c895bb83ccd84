"""RAPI, call by call, between two hosts with real agents."""

from __future__ import annotations

import select
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from p4rsvp.host.rapi import (
    RAPI_REQ_CONFIRM,
    Rapi,
    RapiError,
    RapiErrorCode,
    RapiEvent,
    RapiStyle,
    RapiUpcall,
    rapi_version,
)
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector, Selector
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import Tspec
from tests.host.conftest import A, B, ServedHost
from tests.host.namespaces import needs_namespaces

WAIT_S = 5.0
UDP = 17
TSPEC = Tspec(125_000.0, 5_000.0, 125_000.0, 64, 1_400)
MUCH = Tspec(50_000_000.0, 5_000.0, 50_000_000.0, 64, 1_400)
SENDER = PortSelector(Address.parse(A), 4000)


@dataclass(slots=True)
class Side:
    """A program with one session."""

    rapi: Rapi
    heard: list[RapiUpcall] = field(default_factory=list)
    sid: int = 0

    def open(self, port: int) -> None:
        self.sid = self.rapi.session((B, port), UDP, 0, self._upcall, self.heard)

    def _upcall(self, upcall: RapiUpcall, heard: object) -> None:
        assert heard is self.heard, "the argument that rapi_session was given"
        self.heard.append(upcall)

    def next(self, event: RapiEvent) -> RapiUpcall:
        """Wait as a C program does, and take the next upcall, which is of this event."""
        while not self.heard:
            ready, _, _ = select.select([self.rapi.getfd(self.sid)], [], [], WAIT_S)
            assert ready, f"no {event.name}"
            self.rapi.dispatch()
        upcall = self.heard.pop(0)
        assert upcall.event is event
        assert upcall.sid == self.sid
        return upcall

    def reserve(self, style: int, filters: list[Selector], flows: list[Flowspec]) -> None:
        self.rapi.reserve(self.sid, RAPI_REQ_CONFIRM, B, style, None, (), filters, flows)


@pytest.fixture
def sides(served_hosts: dict[str, ServedHost]) -> Iterator[tuple[Side, Side]]:
    a, b = Side(Rapi(served_hosts["a"].agent)), Side(Rapi(served_hosts["b"].agent))
    yield a, b
    a.rapi.close()
    b.rapi.close()


def flowspec(tspec: Tspec = TSPEC) -> Flowspec:
    return Flowspec(Service.CONTROLLED_LOAD, tspec)


@needs_namespaces
@pytest.mark.rfc("2205", "3.11.1")
def test_each_upcall_of_rapi_comes_with_what_there_is_now(sides: tuple[Side, Side]) -> None:
    sender, receiver = sides
    sender.open(6001)
    receiver.open(6001)
    sender.rapi.sender(sender.sid, 0, (A, 4000), None, TSPEC)
    path = receiver.next(RapiEvent.RAPI_PATH_EVENT)
    assert (path.filters, path.flows) == ((SENDER,), (TSPEC,))

    receiver.reserve(RapiStyle.RAPI_RSTYLE_FIXED, [SENDER], [flowspec()])
    resv = sender.next(RapiEvent.RAPI_RESV_EVENT)
    assert (resv.style, resv.filters) == (RapiStyle.RAPI_RSTYLE_FIXED, (SENDER,))
    assert resv.flows == (flowspec(),)
    confirmed = receiver.next(RapiEvent.RAPI_RESV_CONFIRM)
    assert confirmed.errnode == Address.parse(A)

    receiver.reserve(RapiStyle.RAPI_RSTYLE_FIXED, [], [])
    assert not sender.next(RapiEvent.RAPI_RESV_EVENT).filters
    sender.rapi.sender(sender.sid, 0, None, SENDER, None)
    assert not receiver.next(RapiEvent.RAPI_PATH_EVENT).filters


@needs_namespaces
def test_a_refusal_comes_with_code_value_and_node(sides: tuple[Side, Side]) -> None:
    sender, receiver = sides
    sender.open(6002)
    receiver.open(6002)
    sender.rapi.sender(sender.sid, 0, None, SENDER, MUCH)
    receiver.next(RapiEvent.RAPI_PATH_EVENT)
    receiver.reserve(RapiStyle.RAPI_RSTYLE_WILDCARD, [], [flowspec(MUCH)])
    refused = receiver.next(RapiEvent.RAPI_RESV_ERROR)
    assert (refused.errcode, refused.errvalue, refused.errnode) == (1, 2, Address.parse(A))


@needs_namespaces
@pytest.mark.parametrize(
    ("style", "filters", "flows", "code"),
    [
        (RapiStyle.RAPI_RSTYLE_WILDCARD, 1, 1, RapiErrorCode.RAPI_ERR_N_FFS),
        (RapiStyle.RAPI_RSTYLE_FIXED, 1, 2, RapiErrorCode.RAPI_ERR_N_FFS),
        (RapiStyle.RAPI_RSTYLE_SE, 0, 1, RapiErrorCode.RAPI_ERR_N_FFS),
        (9, 0, 1, RapiErrorCode.RAPI_ERR_BADSTYLE),
    ],
)
def test_lists_that_do_not_fit_their_style_are_refused(
    sides: tuple[Side, Side], style: int, filters: int, flows: int, code: RapiErrorCode
) -> None:
    _, receiver = sides
    receiver.open(6003)
    with pytest.raises(RapiError) as caught:
        receiver.reserve(style, [SENDER] * filters, [flowspec()] * flows)
    assert caught.value.code is code


@needs_namespaces
def test_a_sid_that_was_released_is_none(sides: tuple[Side, Side]) -> None:
    sender, _ = sides
    sender.open(6004)
    with pytest.raises(RapiError) as caught:
        sender.rapi.sender(sender.sid, 0, None, SENDER, None)
    assert caught.value.code is RapiErrorCode.RAPI_ERR_NOTSPEC
    sender.rapi.release(sender.sid)
    with pytest.raises(RapiError) as caught:
        sender.rapi.release(sender.sid)
    assert caught.value.code is RapiErrorCode.RAPI_ERR_BADSID


def test_without_an_agent_there_is_no_rsvp(tmp_path: Path) -> None:
    with pytest.raises(RapiError) as caught:
        Rapi(tmp_path / "none")
    assert caught.value.code is RapiErrorCode.RAPI_ERR_NORSVP


def test_the_version_is_that_of_the_interface() -> None:
    assert rapi_version() // 100 == 5
