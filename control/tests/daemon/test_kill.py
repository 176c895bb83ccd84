"""A daemon process that is killed (SIGKILL) under traffic, and the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packet.softswitch import Softswitch
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from p4rsvp.processes import P4RSVP
from p4rsvp.target.numbers import Verdict, reservation_cell
from tests.daemon.entries import filters, packets
from tests.daemon.files import SWITCH, interface, write
from tests.daemon.rig import Hosts, host, mac, own_mac, router
from tests.daemon.test_daemon import path, resv
from tests.waiting import wait_until

# L = (K + 0.5) * 1.5 * R: 45 s with the first, which outlasts the test, 225 ms with the second.
SLOW, FAST = (
    f"lifetime_factor = 1\nlocal_repair_delay_ms = 0\nrefresh_period_ms = {period_ms}"
    for period_ms in (20_000, 100)
)
DATA = bytes(
    Ether(src=mac(1), dst=own_mac(1))
    / IP(src=str(host(1)), dst=str(host(2)))
    / UDP(sport=4000, dport=5004)
    / bytes(100)
)


@contextmanager
def daemon(config: Path, *under: str) -> Iterator[subprocess.Popen[str]]:
    """`p4rsvp daemon`, which has compared the switch with what it wants; killed at the end."""
    command = [*under, *P4RSVP, "daemon"]
    process = subprocess.Popen(  # noqa: S603 (our own command line)
        [*command, "--config", str(config)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        assert process.stderr is not None
        log = []
        for line in process.stderr:
            log.append(line)
            if "cells differ" in line:
                break
        else:
            pytest.fail("".join(log))
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            process.stderr.read()


class Cables(Hosts):
    """The hosts, and a switch that others than the test make send."""

    def converse(self) -> None:
        """Both hosts are found, and host 2 has reserved for host 1."""
        self.meet(1)
        self.meet(2)
        self.send(1, path(), host(2), alert=True)
        _, at_receiver = self.receive(2)
        self.send(2, resv(at_receiver.hop.lih), router(2))
        self.receive(1)

    def send_data(self) -> None:
        """One packet of the reserved flow, which has to arrive."""
        self.inject(1, DATA)
        while (sent := self.collect()).frame[12:14] != b"\x08\x00":
            pass  # the daemon asks who is there
        assert (sent.port, Ether(sent.frame).dst) == (2, mac(2))


def served(switch: Softswitch) -> int:
    """Packets that were sent as reserved, under any index."""
    return sum(
        packets(switch.grpc_address, "reservation_traffic", reservation_cell(index, Verdict.SENT))
        for index in (1, 2)
    )


@pytest.mark.rfc("2205", "3.7")
def test_a_reserved_flow_is_served_while_no_daemon_is_there_and_given_up_if_nobody_refreshes(
    switch: Softswitch, tmp_path: Path
) -> None:
    text = SWITCH.replace("127.0.0.1:9559", switch.grpc_address)
    cables = Cables(switch)
    with daemon(write(tmp_path, text, interface(1, SLOW), interface(2, SLOW))):
        wait_until(
            lambda: filters(switch.grpc_address, "interfaces") == 2
        )  # which are written last
        cables.converse()
        cables.send_data()
        assert (filters(switch.grpc_address), served(switch)) == (1, 1)
    cables.send_data()  # while nobody is there
    assert (filters(switch.grpc_address), served(switch)) == (1, 2)
    with daemon(write(tmp_path, text, interface(1, SLOW), interface(2, SLOW))):
        cables.send_data()
        assert (filters(switch.grpc_address), served(switch)) == (1, 3)  # adopted
    with daemon(write(tmp_path, text, interface(1, FAST), interface(2, FAST))):
        wait_until(lambda: filters(switch.grpc_address) == 0)
        cables.send_data()
        assert served(switch) == 3  # best effort
