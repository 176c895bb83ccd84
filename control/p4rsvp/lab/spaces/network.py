"""The network of a lab in namespaces: one for each node, veth pairs as links. By iproute2.

Routers' interfaces are the ports of their switches, so the kernel must keep quiet on them: no
address, no IPv6. Hosts are ordinary Linux hosts with one interface. Their kernel's checksum offload
is off, as a switch in user space cannot finish a checksum (docs/switch.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from p4rsvp.lab.spaces.record import Record
from p4rsvp.lab.topology import Kind, Topology
from p4rsvp.lab.world import LabError

_QUIET = """
for which in all default; do echo 1 > /proc/sys/net/ipv6/conf/$which/disable_ipv6; done
"""


async def build_network(record: Record, topology: Topology) -> None:
    """Make namespaces, links and addresses."""
    names = [f"netns add {record.namespace(node)}" for node in topology.kinds]
    await run(record.inside("ip", "-batch", "-"), names)
    quiet = [record.within(router, "sh", "-ec", _QUIET) for router in topology.routers]
    await asyncio.gather(*(run(command) for command in quiet))
    await run(record.inside("ip", "-batch", "-"), list(_links(record, topology)))
    await asyncio.gather(
        *(
            run(record.within(node, "sh", "-ec", "\n".join(_set_up(topology, node))))
            for node in topology.kinds
        )
    )


def _links(record: Record, topology: Topology) -> Iterator[str]:
    """Lines for ip -batch; an interface is made where it belongs, so its name meets no other."""
    for link in topology.links.values():
        one, other = (
            f"name {end.device} netns {record.namespace(end.node)} "
            f"address {end.mac.hex(':')} mtu {link.mtu_bytes}"
            for end in link.ends
        )
        yield f"link add {one} type veth peer {other}"


def _set_up(topology: Topology, node: str) -> Iterator[str]:
    """Lines of a shell script for one node."""
    yield "ip link set lo up"
    for end, link in topology.places(node):
        yield f"ethtool -K {end.device} tx off gso off gro off > /dev/null"
        yield f"ip link set {end.device} up"
        if topology.kinds[node] is Kind.HOST:
            for address, length_bits in end.addresses:
                # Duplicate address detection would keep IPv6 waiting for a second.
                yield f"ip addr add {address}/{length_bits} dev {end.device} nodad"
            for address, _ in link.other(node).addresses:
                yield f"ip route add default via {address}"
            yield f"ip route add 224.0.0.0/4 dev {end.device}"


async def set_link(record: Record, node: str, device: str, *, up: bool) -> None:
    """Take an interface up or down."""
    state = "up" if up else "down"
    await run(record.within(node, "ip", "link", "set", device, state))


async def run(command: Sequence[str], lines: Sequence[str] = ()) -> None:
    """Run a command, with lines for its standard input; it has to succeed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate("\n".join(lines).encode() + b"\n")
    if process.returncode:
        raise LabError(f"{' '.join(command[:6])} ...: {said.decode().strip()}")
