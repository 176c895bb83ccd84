"""The daemon and bmv2: the same requests, on a switch that is none of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from packet.bmv2 import Bmv2
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from p4rsvp.target import bmv2 as bmv2_program
from p4rsvp.target.numbers import Verdict, reservation_cell
from p4rsvp.wire.filter_spec import SenderTemplate
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import PathTear
from tests.daemon.entries import filters, packets
from tests.daemon.files import interface
from tests.daemon.rig import Rig, host, mac, own_mac
from tests.daemon.test_daemon import LIH, SENDER, SESSION, held, reserve

pytestmark = pytest.mark.skipif(
    not bmv2_program.installed(), reason=f"{bmv2_program.BINARY} is not on the PATH"
)


@pytest.fixture(name="bmv2")
def _bmv2(tmp_path: Path) -> Iterator[Bmv2]:
    made = Bmv2(tmp_path / "bmv2.log")
    yield made
    made.stop()


@pytest.mark.rfc("2205", "3.1.4")
def test_a_request_becomes_entries_and_counts_packets_and_goes_again(
    bmv2: Bmv2, tmp_path: Path
) -> None:
    with Rig(bmv2, tmp_path, interface(1), interface(2), kind="bmv2") as rig:
        rig.meet(1)
        rig.meet(2)
        before = held(rig)
        reserve(rig)
        rig.receive(1)
        assert filters(bmv2.grpc_address) == 1
        data = IP(src=str(host(1)), dst=str(host(2))) / UDP(sport=4000, dport=5004) / bytes(100)
        rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / data))
        sent = rig.collect()
        assert (sent.port, Ether(sent.frame).dst) == (2, mac(2))
        cell = reservation_cell(1, Verdict.SENT)
        assert packets(bmv2.grpc_address, "reservation_traffic", cell) == 1
        tear = PathTear(SESSION, Hop(host(1), LIH), SenderTemplate(SENDER), send_ttl=64)
        rig.send(1, tear, host(2))
        rig.receive(2)
        assert held(rig) == before
        assert filters(bmv2.grpc_address) == 0
