"""IGMP and MLD beside scapy."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packet.softswitch import Softswitch
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import (
    ICMPv6MLDMultAddrRec,
    ICMPv6MLDone,
    ICMPv6MLQuery2,
    ICMPv6MLReport,
    ICMPv6MLReport2,
    IPv6,
    IPv6ExtHdrHopByHop,
    RouterAlert,
)
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import checksum

from p4rsvp.daemon.listeners import Said, link_local, query_frame, read
from p4rsvp.daemon.membership import LAST_MEMBERS_NS, Kind, Link, Query, Record
from p4rsvp.target.cells import ReplicationList
from p4rsvp.wire.address import Address
from tests.daemon.files import interface
from tests.daemon.rig import Rig, mac, own_mac, router

with warnings.catch_warnings():
    # Newer versions of scapy have them elsewhere, older ones do not.
    warnings.simplefilter("ignore", DeprecationWarning)
    from scapy.contrib import igmp as old_igmp
    from scapy.contrib import igmpv3

IGMP: Any = vars(old_igmp)["IGMP"]  # scapy's modules do not say what they export
IGMPv3: Any = vars(igmpv3)["IGMPv3"]
IGMPv3mq: Any = vars(igmpv3)["IGMPv3mq"]

GROUP, SOURCE = Address.parse("239.1.1.1"), Address.parse("192.0.2.7")
GROUP_V6, SOURCE_V6 = Address.parse("ff0e::7"), Address.parse("2001:db8::7")
HOST, HOST_V6 = Address.parse("10.0.1.2"), Address.parse("fe80::2")
OURS = Address.parse("10.0.1.1")
MAC = bytes.fromhex("020000000001")


def igmp(message: Any) -> bytes:
    return bytes(Ether() / IP(src=str(HOST), dst="224.0.0.22", ttl=1, proto=2) / message)


def mld(message: Any, hop_limit: int = 1, source: str = str(HOST_V6)) -> bytes:
    alert = IPv6ExtHdrHopByHop(options=[RouterAlert()])
    return bytes(Ether() / IPv6(src=source, dst="ff02::16", hlim=hop_limit) / alert / message)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (IGMP(type=0x12, gaddr=str(GROUP)), Kind.IS_EXCLUDE),
        (IGMP(type=0x16, gaddr=str(GROUP)), Kind.IS_EXCLUDE),
        (IGMP(type=0x17, gaddr=str(GROUP)), Kind.TO_INCLUDE),
    ],
    ids=["v1 report", "v2 report", "v2 leave"],
)
def test_what_older_hosts_say_is_a_record(message: Any, kind: Kind) -> None:
    assert read(1, igmp(message)) == Said(HOST, (Record(kind, GROUP),))


def report_v3(*records: tuple[int, Address, tuple[Address, ...]]) -> bytes:
    """A report by hand: what scapy makes of one depends on its version."""
    body = b"".join(
        bytes((kind, 0)) + len(sources).to_bytes(2) + group + b"".join(sources)
        for kind, group, sources in records
    )
    message = bytes((0x22, 0, 0, 0, 0, 0)) + len(records).to_bytes(2) + body
    return igmp(message[:2] + checksum(message).to_bytes(2) + message[4:])


def test_a_report_of_igmpv3_is_read() -> None:
    wanted = (Record(Kind.TO_EXCLUDE, GROUP), Record(Kind.ALLOW, GROUP, frozenset({SOURCE})))
    frame = report_v3((4, GROUP, ()), (5, GROUP, (SOURCE,)))
    assert read(1, frame) == Said(HOST, wanted)


def test_a_record_of_no_known_kind_is_passed_over() -> None:
    frame = report_v3((9, GROUP, (SOURCE,)), (2, GROUP, ()))
    assert read(1, frame) == Said(HOST, (Record(Kind.IS_EXCLUDE, GROUP),))


@pytest.mark.parametrize(
    ("message", "records"),
    [
        (ICMPv6MLReport(mladdr=str(GROUP_V6)), (Record(Kind.IS_EXCLUDE, GROUP_V6),)),
        (ICMPv6MLDone(mladdr=str(GROUP_V6)), (Record(Kind.TO_INCLUDE, GROUP_V6),)),
        (
            ICMPv6MLReport2(
                records=[
                    ICMPv6MLDMultAddrRec(rtype=3, dst=str(GROUP_V6)),
                    ICMPv6MLDMultAddrRec(rtype=6, dst=str(GROUP_V6), sources=[str(SOURCE_V6)]),
                ]
            ),
            (
                Record(Kind.TO_INCLUDE, GROUP_V6),
                Record(Kind.BLOCK, GROUP_V6, frozenset({SOURCE_V6})),
            ),
        ),
    ],
    ids=["v1 report", "v1 done", "v2 report"],
)
def test_listeners_of_ipv6_are_read(message: Any, records: tuple[Record, ...]) -> None:
    assert read(1, mld(message)) == Said(HOST_V6, records)


def test_what_comes_from_beyond_the_link_or_is_damaged_says_nothing() -> None:
    report = ICMPv6MLReport(mladdr=str(GROUP_V6))
    assert read(1, mld(report, hop_limit=2)) is None
    assert read(1, mld(report, source="2001:db8::2")) is None
    frame = igmp(IGMP(type=0x16, gaddr=str(GROUP)))
    assert read(1, frame[:-1] + b"\7") is None
    assert read(1, frame[:-2]) is None


@pytest.mark.parametrize("vlan_id", [0, 7])
@pytest.mark.parametrize(("group", "sources"), [(None, ()), (GROUP, ()), (GROUP, (SOURCE,))])
def test_a_query_of_igmp_is_what_scapy_reads(
    group: Address | None, sources: tuple[Address, ...], vlan_id: int
) -> None:
    query = Query(Link(1, 4), group, sources)
    frame = query_frame(query, OURS, MAC, vlan_id)
    found = Ether(frame)
    assert (Dot1Q in found) == bool(vlan_id)
    assert (found[IP].ttl, found[IP].dst) == (1, str(group or "224.0.0.1"))
    asked = IGMPv3(bytes(found[IP].payload))
    assert asked.type == 0x11
    assert asked.mrcode == (10 if group else 100)
    assert Address.parse(asked[IGMPv3mq].gaddr) == (group or Address(bytes(4)))
    assert read(1, frame) == Said(OURS, (), query)


@pytest.mark.parametrize(
    ("group", "sources"), [(None, ()), (GROUP_V6, ()), (GROUP_V6, (SOURCE_V6,))]
)
def test_a_query_of_mld_is_what_scapy_reads(
    group: Address | None, sources: tuple[Address, ...]
) -> None:
    query = Query(Link(1, 6), group, sources)
    frame = query_frame(query, OURS, MAC, 0)
    asked = Ether(frame)[ICMPv6MLQuery2]
    assert (asked.mrd, asked.QRV, asked.QQIC) == (1000 if group else 10_000, 2, 125)
    assert Address.parse(asked.mladdr) == (group or Address(bytes(16)))
    again = Ether(frame)
    del again[ICMPv6MLQuery2].cksum
    assert bytes(again) == frame
    assert read(1, frame) == Said(link_local(MAC), (), query)


frames = st.sampled_from(
    [
        report_v3((4, GROUP, ()), (5, GROUP, (SOURCE,))),
        mld(ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(dst=str(GROUP_V6))])),
        query_frame(Query(Link(1, 4), GROUP, (SOURCE,)), OURS, MAC, 0),
    ]
)


@given(frames, st.data())
def test_no_frame_whatever_raises(frame: bytes, data: st.DataObject) -> None:
    broken = bytearray(frame)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(read(1, bytes(broken[: data.draw(st.integers(0, len(broken)))])), Said | None)


TREE = '[[multicast_route]]\ngroup = "239.1.1.1"\nincoming = 1\n'


def test_a_tree_leads_to_where_hosts_have_joined_until_they_leave(
    switch: Softswitch, tmp_path: Path
) -> None:
    parts = (interface(1), interface(2, "listeners = true"), interface(3), TREE)
    data = IP(src="10.0.1.2", dst=str(GROUP)) / UDP(dport=5004) / b"data"
    sent = bytes(Ether(src=mac(1), dst="01:00:5e:01:01:01") / data)
    with Rig(switch, tmp_path, *parts) as rig:
        asked = {rig.collect().frame for _ in range(2)}
        assert {read(2, frame) for frame in asked} == {
            Said(router(2), (), Query(Link(2, 4))),
            Said(link_local(bytes.fromhex(own_mac(2).replace(":", ""))), (), Query(Link(2, 6))),
        }
        rig.inject(2, igmp(IGMP(type=0x16, gaddr=str(GROUP))))
        rig.inject(1, bytes(Ether(src=mac(1), dst=own_mac(1)) / IP(dst=str(router(1))) / ICMP()))
        rig.collect()
        rig.settle()
        rig.inject(1, sent)
        assert rig.collect().port == 2
        rig.inject(2, igmp(IGMP(type=0x17, gaddr=str(GROUP))))
        last = rig.collect()
        assert (last.port, read(2, last.frame)) == (
            2,
            Said(router(2), (), Query(Link(2, 4), GROUP)),
        )
        rig.wait(LAST_MEMBERS_NS)
        assert not any(isinstance(cell, ReplicationList) for cell in rig.daemon.reconciler.actual)
