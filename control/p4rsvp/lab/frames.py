"""The frames of a lab's flows, made by scapy: as a host sends them to its router or its group."""

from __future__ import annotations

from typing import Any

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from p4rsvp.daemon.frames import group_mac
from p4rsvp.lab.flow import Flow
from p4rsvp.lab.topology import Topology

TTL = 63


def frame(topology: Topology, host: str, flow: Flow) -> bytes:
    """A flow's frame as its host sends it, with zeros where the stamp goes."""
    own, router = topology.place(host).end, topology.gateway(host)
    destination = flow.destination
    mac = group_mac(destination) if destination.is_multicast else router.mac
    link: Any = Ether(src=own.mac.hex(":"), dst=mac.hex(":"))
    ends: dict[str, Any] = {"src": str(flow.source), "dst": str(destination)}
    network: Any = (
        IP(**ends, ttl=TTL, flags="DF") if destination.version == 4 else IPv6(**ends, hlim=TTL)
    )
    datagram: Any = UDP(sport=flow.source_port, dport=flow.destination_port)
    room = flow.packet_bytes - len(network / datagram)
    return bytes(link / network / datagram / bytes(room))
