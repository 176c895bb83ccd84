"""The switch in service: started on ports, forwarding in its thread, read from outside, stopped."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from p4rsvp.dataplane import operating
from p4rsvp.dataplane.entities import PacketIn
from p4rsvp.processes import free_ports
from p4rsvp.softswitch.engine import DEFAULT_SLOTS
from p4rsvp.softswitch.links import Links
from p4rsvp.softswitch.operating import SwitchOperator
from p4rsvp.softswitch.ports.spec import parse_port
from p4rsvp.softswitch.service import SwitchDevice
from tests.softswitch.router import IN_PORT, OUT_PORT, Router, frame
from tests.waiting import wait_until

PATIENCE_S = 10.0


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
    with near, far:
        for end in (near, far):
            end.bind(("127.0.0.1", 0))
            end.settimeout(PATIENCE_S)
        yield near, far


def test_a_switch_forwards_is_read_and_stops(
    ends: tuple[socket.socket, socket.socket], tmp_path: Path
) -> None:
    near, far = ends
    inner, outer = free_ports(2, socket.SOCK_DGRAM)
    ports = [
        parse_port(f"{IN_PORT}=udp:{inner}:127.0.0.1:{near.getsockname()[1]}"),
        parse_port(f"{OUT_PORT}=udp:{outer}:127.0.0.1:{far.getsockname()[1]}"),
    ]
    router = Router(plain=True)
    router.switch.clock_ns = time.monotonic_ns
    router.connect(shapes=0)
    device = SwitchDevice(ports, cpu_port=510)
    device.run(router.switch)
    figures = operating.OperatorSocket(SwitchOperator(device, Links()), tmp_path / "switch.sock")
    try:
        near.sendto(frame(5000), ("127.0.0.1", inner))
        assert far.recv(2048)[34:] == frame(5000)[34:]
        assert operating.read(figures.path)["packets"]["received"] == 1
        # Faults given at the socket hold at once; the next packet comes twice.
        operating.change_link(figures.path, f"{OUT_PORT}=duplicate:1")
        near.sendto(frame(5001), ("127.0.0.1", inner))
        assert [far.recv(2048)[34:] for _ in range(2)] == [frame(5001)[34:]] * 2
        with pytest.raises(ValueError, match="2 is not a chance from 0 to 1"):
            operating.change_link(figures.path, f"{OUT_PORT}=loss:2")
        # So does a rate: at a byte a second, the second packet waits until the rate is lifted.
        operating.change_link(figures.path, f"{OUT_PORT}=duplicate:0")
        operating.change_link(figures.path, f"{OUT_PORT}=8")
        for flow in (5002, 5003):
            near.sendto(frame(flow), ("127.0.0.1", inner))
        assert far.recv(2048)[34:] == frame(5002)[34:]
        wait_until(lambda: any(row["packets"] for row in operating.read(figures.path)["queues"]))
        operating.change_link(figures.path, f"{OUT_PORT}=0")
        assert far.recv(2048)[34:] == frame(5003)[34:]
        with pytest.raises(ValueError, match="is not PORT=RATE"):
            operating.change_link(figures.path, "600=1M")
    finally:
        figures.close()
        device.stop()
    assert not figures.path.exists()


def test_what_leaves_by_the_cpu_port_goes_to_the_controller_with_its_metadata() -> None:
    router = Router(plain=True)
    router.connect(shapes=0)
    got: list[PacketIn] = []
    router.switch.on_packet_in(got.append)
    router.switch.process([(IN_PORT, frame(5000, ttl=1))], 1000)
    (punted,) = got
    assert punted.payload == frame(5000, ttl=1)
    assert punted.metadata[0] == IN_PORT


def send_from_controller(router: Router) -> None:
    values = {"egress_port": OUT_PORT, "service_class": 0}
    fields = router.switch.p4info.packet_out
    router.switch.packet_out(b"payload" * 10, tuple(values.get(f.name, 0) for f in fields))


@pytest.mark.kernel
def test_a_burst_that_no_memory_would_hold_at_once_waits_outside_it() -> None:
    router = Router()
    (engine,) = router.switch.engines
    burst = DEFAULT_SLOTS + 100
    for _ in range(burst):
        send_from_controller(router)
    left = 0
    while engine.is_waiting:
        engine.run(router.clock.now_ns)
        left += sum(1 for _ in engine.collect())
    assert left == burst


def test_the_controllers_packet_leaves_by_the_port_it_names() -> None:
    router = Router(plain=True)
    send_from_controller(router)
    (sent,) = [p for p in router.switch.process([], 1000) if p.port == OUT_PORT]
    assert sent.data == b"payload" * 10
