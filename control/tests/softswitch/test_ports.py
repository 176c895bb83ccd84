"""Port drivers and the loop around them: UDP cables, capture files, network interfaces."""

import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from scapy.utils import RawPcapReader

from p4rsvp.dataplane.links import parse_fault, parse_rate
from p4rsvp.softswitch.links import Links
from p4rsvp.softswitch.loop import Worker
from p4rsvp.softswitch.ports.files import CaptureFiles
from p4rsvp.softswitch.ports.spec import connect, parse_port
from p4rsvp.softswitch.ports.udp import UdpCable
from p4rsvp.traffic import veth
from tests.softswitch.router import IN_PORT, OUT_PORT, Router, frame
from tests.veth import needs_interfaces, set_mtu

LOOPBACK = "127.0.0.1"
PATIENCE_S = 60.0  # a first round may compile, on a busy machine


@pytest.fixture
def router() -> Router:
    made = Router(plain=True)
    made.connect(shapes=0)
    return made


def patiently(worker: Worker, router: Router, received: socket.socket) -> bytes:
    """Rounds until one of our frames comes out; that frame."""
    received.settimeout(0.0)
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        router.clock.now_ns += 1000
        worker.round()
        ready, _, _ = select.select([received], [], [], 0.01)
        data = received.recv(2048) if ready else b""
        if data.endswith(b"xxxx"):  # the host's own stack speaks on its interfaces, too
            return data
    raise AssertionError("nothing came out")


def test_frames_cross_the_switch_between_two_cables(router: Router) -> None:
    near, far = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
    with near, far:
        near.bind((LOOPBACK, 0))
        far.bind((LOOPBACK, 0))
        cables = [
            UdpCable(IN_PORT, (LOOPBACK, 0), near.getsockname()),
            UdpCable(OUT_PORT, (LOOPBACK, 0), far.getsockname()),
        ]
        with closing(Worker(router.switch, router.switch.engines[0], cables)) as worker:
            near.sendto(frame(5000), (LOOPBACK, cables[0].local_port))
            data = patiently(worker, router, far)
    assert data[34:] == frame(5000)[34:]


def test_a_stranger_on_the_cable_is_not_heard(router: Router) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as stranger:
        cable = UdpCable(IN_PORT, (LOOPBACK, 0), (LOOPBACK, 9))
        stranger.sendto(frame(5000), (LOOPBACK, cable.local_port))
        cable.receive(router.switch.engines[0], 1000)
        assert not router.switch.engines[0].is_waiting
        cable.close()


def test_a_capture_is_replayed_at_its_own_times_and_the_rest_recorded(
    router: Router, tmp_path: Path
) -> None:
    written = CaptureFiles(9, None, tmp_path / "in.pcap")
    for flow in (5000, 5001):
        written.send(frame(flow))
    written.close()
    replay = CaptureFiles(IN_PORT, tmp_path / "in.pcap", None)
    record = CaptureFiles(OUT_PORT, None, tmp_path / "out.pcap")
    worker = Worker(router.switch, router.switch.engines[0], [replay, record])
    while not replay.finished:
        router.clock.now_ns += 1_000_000
        worker.round()
    worker.close()
    with RawPcapReader(str(tmp_path / "out.pcap")) as reader:
        flows = [int.from_bytes(data[34:36], "big") for data, _ in reader]
    assert flows == [5000, 5001]


@pytest.mark.kernel
@needs_interfaces
@pytest.mark.parametrize("tagged", [False, True])
def test_frames_cross_the_switch_between_two_interfaces(
    router: Router,
    tagged: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    names = f"p4ra{os.getpid() % 10_000}", f"p4rb{os.getpid() % 10_000}"
    data = frame(5000)
    if tagged:
        router.insert(router.entry("interfaces", (IN_PORT, 7), "admit", 1, 2, 1))
    with (
        veth.pairs(*names),
        _raw(f"{names[0]}p") as near,
        _raw(f"{names[1]}p") as far,
        closing(_between(router, *names)) as worker,
    ):
        near.send(data[:12] + b"\x81\x00\x00\x07" + data[12:] if tagged else data)
        got = patiently(worker, router, far)
    assert got[34:] == data[34:]


@pytest.mark.kernel
@needs_interfaces
def test_a_frame_that_the_link_does_not_take_is_lost_and_not_in_the_way(router: Router) -> None:
    names = f"p4rc{os.getpid() % 10_000}", f"p4rd{os.getpid() % 10_000}"
    with veth.pairs(*names), _raw(f"{names[0]}p") as near, _raw(f"{names[1]}p") as far:
        set_mtu(names[1], 500)
        with closing(_between(router, *names)) as worker:
            near.send(frame(5000, size=1000))
            near.send(frame(5001))
            got = patiently(worker, router, far)
    assert got[34:] == frame(5001)[34:]


def _between(router: Router, *interfaces: str) -> Worker:
    """A worker on two interfaces, the ways in and out."""
    ports = zip((IN_PORT, OUT_PORT), interfaces, strict=True)
    drivers = [connect(parse_port(f"{port}={interface}")) for port, interface in ports]
    return Worker(router.switch, router.switch.engines[0], drivers)


@contextmanager
def _raw(interface: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as made:
        made.bind((interface, 0))
        yield made


@pytest.mark.parametrize("text", ["", "x=veth0", "1=", "511=veth0", "veth0"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="NUMBER=TARGET"):
        parse_port(text)


def test_rates_and_faults_are_read_with_their_units(router: Router) -> None:
    links = Links(dict([parse_rate("2=1.5M")]), dict([parse_fault("3=loss:0.5,delay:2ms")]))
    engine = router.switch.engines[0]
    links.prepare(engine)
    assert parse_rate("2=1.5M") == (2, 1_500_000)
    assert parse_fault("3=delay:2ms") == (3, {"delay": 2_000_000.0})
    assert not engine.is_waiting


@pytest.mark.parametrize("text", ["2=10x", "a=1M", "2", "2="])
def test_a_rate_without_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="PORT=RATE"):
        parse_rate(text)
