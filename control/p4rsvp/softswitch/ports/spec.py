"""What the command line calls a port.

`1=veth0` is an interface, `2=udp:5001:127.0.0.1:5002` a cable, `3=pcap:in.pcap:out.pcap` files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from p4rsvp.softswitch.kernels.queues import PORTS
from p4rsvp.softswitch.ports.af_packet import AfPacket
from p4rsvp.softswitch.ports.files import CaptureFiles
from p4rsvp.softswitch.ports.udp import UdpCable

if TYPE_CHECKING:
    from p4rsvp.softswitch.ports.driver import Driver

LOOPBACK = "127.0.0.1"


class PortSpec(NamedTuple):
    """A port's number and what it is connected to."""

    port: int
    target: str

    @property
    def can_fan_out(self) -> bool:
        """True where several workers can share the port."""
        return not self.target.startswith(("udp:", "pcap:"))


def parse_port(text: str) -> PortSpec:
    """Read NUMBER=TARGET; raises ValueError with a sentence."""
    number, equals, target = text.partition("=")
    if not equals or not target or not number.isdigit() or not 0 <= int(number) < PORTS - 1:
        raise ValueError(f"{text!r} is not NUMBER=TARGET with a number below {PORTS - 1}")
    return PortSpec(int(number), target)


def connect(spec: PortSpec, fanout_group: int | None = None) -> Driver:
    """Open what the port is connected to."""
    kind, _, rest = spec.target.partition(":")
    if kind == "udp":
        return _cable(spec.port, rest)
    if kind == "pcap":
        replay, _, capture = rest.partition(":")
        return CaptureFiles(
            spec.port, Path(replay) if replay else None, Path(capture) if capture else None
        )
    return AfPacket(spec.port, spec.target, fanout_group)


def _cable(port: int, text: str) -> UdpCable:
    parts = text.split(":")
    if len(parts) == 3:
        parts.insert(0, LOOPBACK)
    if len(parts) != 4 or not parts[1].isdigit() or not parts[3].isdigit():
        raise ValueError(f"udp:{text} is not udp:[ADDRESS:]PORT:ADDRESS:PORT")
    return UdpCable(port, (parts[0], int(parts[1])), (parts[2], int(parts[3])))
