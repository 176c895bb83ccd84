"""The C program as a process of ours: it ends with us, and we hear when it has ended."""

import os
import queue
import signal
import subprocess
from pathlib import Path

import pytest

from p4rsvp.dataplane.errors import Status
from p4rsvp.dpdk.command import CommandLine, cores_for, device_of
from p4rsvp.dpdk.connection import BrokenError, Connection
from p4rsvp.dpdk.process import DpdkProcess
from p4rsvp.dpdk.protocol import MessageType
from p4rsvp.processes import P4RSVP, end

COMMAND = CommandLine(ports=((1, "socket"),), cores=cores_for(1))
PATIENCE_S = 20.0


def test_who_asks_a_switch_that_has_gone_is_told_so(binary: Path) -> None:
    running = DpdkProcess(binary, COMMAND.arguments)
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    try:
        running.watch(told.put)
        with Connection(running.control) as connection:
            connection.ask(MessageType.WORKERS)
            os.kill(running.pid, signal.SIGKILL)
            assert told.get(timeout=PATIENCE_S) == "p4rsvp-dpdk was ended by SIGKILL"
            with pytest.raises(BrokenError) as first:
                connection.ask(MessageType.WORKERS)
            with pytest.raises(BrokenError) as second:
                connection.ask(MessageType.WORKERS)
    finally:
        running.stop()
    assert first.value.status == Status.UNAVAILABLE
    assert second.value is first.value
    assert not running.control.parent.exists()


def test_a_message_that_is_none_ends_the_connection_with_a_sentence(binary: Path) -> None:
    running = DpdkProcess(binary, COMMAND.arguments)
    try:
        with (
            Connection(running.control) as connection,
            pytest.raises(BrokenError, match=r"refuses what it was sent: .+"),
        ):
            connection.ask(MessageType.READ, b"not a request", 1)
    finally:
        running.stop()


def test_a_switch_that_cannot_start_says_how_it_ended(binary: Path) -> None:
    wrong = CommandLine(ports=((1, "no-such-device"),), cores=cores_for(1))
    with pytest.raises(BrokenError, match="ended with 1"):
        DpdkProcess(binary, wrong.arguments, os.open(os.devnull, os.O_WRONLY))


def test_the_command_ends_with_an_error_where_the_switch_does(binary: Path) -> None:
    assert binary
    command = [*P4RSVP, "switch", "--backend", "dpdk", "--grpc", "127.0.0.1:0"]
    command += ["--port", "1=dpdk:socket", "--rate", "1=10M"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 (ours)
    try:
        assert process.stderr
        assert any(line.startswith("P4Runtime at") for line in process.stderr)
        [child] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        said = process.stderr.read()
        assert process.wait(PATIENCE_S) == 1
    finally:
        end(process)
        process.communicate()
    assert "DPDK" in said or "p4rsvp-dpdk" in said


@pytest.mark.parametrize(
    ("target", "device"),
    [
        ("veth0", "af_packet:veth0"),
        ("pcap:in.pcap:out.pcap", "pcap:in.pcap:out.pcap"),
        ("dpdk:0000:03:00.0", "0000:03:00.0"),
        ("dpdk:null", "null"),
    ],
)
def test_a_port_is_an_interface_unless_it_says_what_device_it_is(target: str, device: str) -> None:
    assert device_of(target) == device


def test_a_cable_of_udp_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="cables of UDP"):
        device_of("udp:1:127.0.0.1:2")


def test_ports_have_numbers_and_there_is_one_at_least() -> None:
    with pytest.raises(ValueError, match="from 1 up"):
        CommandLine(ports=((0, "null"),), cores="0,1")
    with pytest.raises(ValueError, match="needs its ports"):
        CommandLine(ports=(), cores="0,1")


def test_options_come_in_the_order_that_the_program_reads(tmp_path: Path) -> None:
    full = CommandLine(
        ports=((3, "null"),), cores="0,1", huge_pages=True, poll=True, eal=("-d", "x")
    )
    text = " ".join(full.arguments(tmp_path / "s"))
    assert text == f"--port 3=null --cores 0,1 --huge --poll --control {tmp_path}/s -- -d x"
