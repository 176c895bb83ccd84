"""Hosts that speak no RSVP, and a router that speaks for them (RFC 5945)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from packet.softswitch import Softswitch
from packet.target import SentFrame

from p4rsvp.daemon.frames import read_rsvp
from p4rsvp.daemon.reading import ConfigError
from p4rsvp.daemon.router import read_router
from p4rsvp.engine.effects import TraceKind
from p4rsvp.wire.codes import AdmissionValue, ErrorFlag
from p4rsvp.wire.error_spec import ErrorSpec
from p4rsvp.wire.filter_spec import FilterSpec, PortSelector, SenderTemplate
from p4rsvp.wire.flows import FlowDescriptor
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop, TimeValues
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.messages import Path as PathMessage
from p4rsvp.wire.messages import PathErr, PathTear, Resv, ResvErr
from p4rsvp.wire.session import Session
from p4rsvp.wire.style import FF
from p4rsvp.wire.tspec import SenderTspec, Tspec
from tests.daemon.files import SWITCH, interface, write
from tests.daemon.rig import Rig, host, router

SESSION = Session(host(2), 17, 5004)
SENDER = PortSelector(host(1), 4000)
TSPEC = Tspec(100_000.0, 5_000.0, 200_000.0, 100, 1500)
REFRESH = TimeValues(30_000)
LIH = 77
SECOND_NS = 1_000_000_000
WAIT_S = 10.0

RECEIVER = """
[[receiver_proxy]]
interface = 2
destination = "10.0.2.2:5004"
"""
SENDS = """
[[sender_proxy]]
interface = 1
sender = "10.0.1.2:4000"
destination = "10.0.2.2:5004"
token_rate_bits_per_s = 800_000
bucket_bytes = 5_000
peak_rate_bits_per_s = 1_600_000
"""


@pytest.fixture
def rig(switch: Softswitch, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rig]:
    """The router of two hosts, with the proxies that a test asks for."""
    with Rig(switch, tmp_path, interface(1), interface(2), request.param) as made:
        made.meet(1)
        made.meet(2)
        yield made


def until(rig: Rig, happened: Callable[[], object]) -> list[SentFrame]:
    """Let switch and daemon work until something has happened; the frames that left meanwhile."""
    sent: list[SentFrame] = []
    end_s = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < end_s, "it does not happen"
        sent += rig.drain()
        rig.call(asyncio.sleep(0.001))
    rig.settle()
    return sent + rig.drain()


def refusals(rig: Rig) -> int:
    return rig.daemon.node.counters.traces[TraceKind.REFUSED]


def path(tspec: Tspec = TSPEC) -> PathMessage:
    template, bucket = SenderTemplate(SENDER), SenderTspec(tspec)
    return PathMessage(SESSION, Hop(host(1), LIH), REFRESH, template, bucket, send_ttl=64)


@pytest.mark.parametrize("rig", [RECEIVER], indirect=True)
def test_a_path_to_a_silent_host_is_answered_for_it_and_sunk(rig: Rig) -> None:
    rig.send(1, path(), host(2), alert=True)
    _, resv = rig.receive(1)  # and nothing for host 2 before it
    assert isinstance(resv, Resv)
    assert resv.hop == Hop(router(1), LIH)
    flowspec = Flowspec(Service.CONTROLLED_LOAD, TSPEC)
    assert resv.flows == (FlowDescriptor(flowspec, (FilterSpec(SENDER),)),)
    # RFC 5945 4.1: as if the Resv had come from there, admission and all.
    (state,) = rig.daemon.node.sessions.values()
    assert [one.interface for one in state.tcsbs] == [2]

    rig.send(1, PathTear(SESSION, Hop(host(1), LIH), SenderTemplate(SENDER)), host(2), alert=True)
    left = until(rig, lambda: not rig.daemon.node.sessions)
    assert not left, "a tear would reach a host that does not understand it"


def notification(error: ErrorSpec, tspec: Tspec = TSPEC) -> PathErr:
    template = SenderTemplate(SENDER)
    return PathErr(SESSION, error, template, SenderTspec(tspec), send_ttl=255)


@pytest.mark.parametrize("rig", [RECEIVER], indirect=True)
@pytest.mark.rfc("5946", "3.1")
def test_a_request_for_a_silent_host_is_admitted_like_any_other(rig: Rig) -> None:
    much = Tspec(12_000_000.0, 5_000.0, 12_000_000.0, 64, 1500)
    rig.send(1, path(much), host(2), alert=True)
    _, told = rig.receive(1)  # and no ResvErr to the host before it
    assert refusals(rig) == 1
    (state,) = rig.daemon.node.sessions.values()
    assert not any(one.installed for one in state.tcsbs)
    # RFC 5946 3.1: the sender is told, since it may send less.
    refusal = ErrorSpec(router(2), 1, AdmissionValue.BANDWIDTH_UNAVAILABLE)
    assert told == notification(refusal, much)


def refused_upstream(resv: Resv, error: ErrorSpec) -> ResvErr:
    return ResvErr(SESSION, Hop(host(1), LIH), error, resv.style, resv.flows, send_ttl=255)


@pytest.mark.rfc("5946", "3.1.2")
@pytest.mark.parametrize("rig", [RECEIVER], indirect=True)
@pytest.mark.parametrize(
    ("found", "told"),
    [
        ((1, 3, ErrorFlag.IN_PLACE), (1, 3, ErrorFlag.IN_PLACE)),
        ((2, 4, ErrorFlag(0)), (2, 4, ErrorFlag(0))),
        # What a sender can do nothing about: that it was refused, and with which code.
        ((21, 2, ErrorFlag(0)), (36, 0x0100 | 21, ErrorFlag(0))),
        ((5, 0, ErrorFlag.NOT_GUILTY), (36, 0x0100 | 5, ErrorFlag(0))),
    ],
)
def test_what_is_refused_further_on_the_sender_is_told_in_the_name_of_the_proxy(
    rig: Rig, found: tuple[int, int, int], told: tuple[int, int, int]
) -> None:
    rig.send(1, path(), host(2), alert=True)
    _, resv = rig.receive(1)
    rig.send(1, refused_upstream(resv, ErrorSpec(host(1), *found)), router(1), ttl=255)
    while not isinstance(answer := rig.receive(1)[1], PathErr):
        assert isinstance(answer, Resv), "a Resv again, less what is blockaded"
    assert answer == notification(ErrorSpec(router(2), *told))


@pytest.mark.rfc("5946", "3.1.1")
@pytest.mark.parametrize("rig", [RECEIVER + 'style = "wf"'], indirect=True)
def test_of_a_wildcard_reservation_that_is_refused_every_sender_is_told(rig: Rig) -> None:
    other = replace(path(), template=SenderTemplate(PortSelector(host(1), 4001)))
    rig.send(1, path(), host(2), alert=True)
    rig.send(1, other, host(2), alert=True)
    _, resv = rig.receive(1)
    error = ErrorSpec(host(1), 2, 3)
    rig.send(1, refused_upstream(resv, error), router(1), ttl=255)
    told: list[PathErr] = []
    while len(told) < 2:
        _, message = rig.receive(1)
        told += [message] if isinstance(message, PathErr) else []
    assert {one.template for one in told} == {path().template, other.template}
    assert {one.error for one in told} == {ErrorSpec(router(2), 2, 3)}


@pytest.mark.parametrize("rig", [SENDS], indirect=True)
def test_a_silent_host_s_flow_is_announced_for_it_every_period(rig: Rig) -> None:
    _, announced = rig.receive(2)
    assert isinstance(announced, PathMessage)
    assert isinstance(announced.hop, Hop)
    assert announced.template == SenderTemplate(SENDER)
    assert announced.tspec == SenderTspec(TSPEC)
    assert announced.adspec is not None
    rig.wait(100 * SECOND_NS)  # less than a lifetime, and more than a period
    rig.wait(100 * SECOND_NS)
    assert rig.daemon.node.sessions, "it is refreshed"

    flow = FlowDescriptor(Flowspec(Service.CONTROLLED_LOAD, TSPEC), (FilterSpec(SENDER),))
    rig.drain()
    resv = Resv(SESSION, Hop(host(2), announced.hop.lih), REFRESH, FF, (flow,), send_ttl=255)
    rig.send(2, resv, router(2), ttl=255)
    (state,) = rig.daemon.node.sessions.values()
    left = until(rig, lambda: any(one.installed for one in state.tcsbs))
    # The router may well ask for the host's link address; but it gets no RSVP.
    to_host = [read_rsvp(one.frame) for one in left if one.port == 1]
    assert not any(to_host), "the Resv to the host is sunk"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (RECEIVER.replace("interface = 2", "interface = 9"), "receiver_proxy[1].interface = 9"),
        (RECEIVER.replace("10.0.2.2:5004", "239.1.1.1:5004"), "say receiver"),
        (SENDS.replace("10.0.1.2:4000", "nobody"), "sender_proxy[1]: 'nobody'"),
    ],
)
def test_a_proxy_that_makes_no_sense_is_named(tmp_path: Path, table: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_router(write(tmp_path, SWITCH, interface(1), interface(2), table))
    assert says in str(caught.value)
