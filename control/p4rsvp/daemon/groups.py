"""Between the links and the state of their listeners: IGMP and MLD in, queries out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from p4rsvp.daemon.listeners import link_local, query_frame, read
from p4rsvp.daemon.membership import Link, Membership
from p4rsvp.target.interface import Interface
from p4rsvp.wire.address import Address


class Groups:
    """The groups that hosts on our links have joined."""

    def __init__(self, transmit: Callable[[Interface, bytes], None]) -> None:
        self.membership = Membership()
        self.unusable = 0  # messages that made no sense
        self._transmit = transmit
        self._links: dict[Link, tuple[Interface, Address]] = {}

    def follow(self, interfaces: Iterable[Interface], now_ns: int) -> None:
        """Listen on those of these interfaces where hosts may join, and on no other."""
        wanted = {link: (one, own) for one in interfaces for link, own in _links(one)}
        for link in self._links.keys() - wanted.keys():
            self.membership.end(link)
        for link, (_, own) in wanted.items():
            self.membership.begin(link, own, now_ns)
        self._links = wanted

    def take(self, interface: Interface, frame: bytes, now_ns: int) -> None:
        """Somebody on a link has said something of groups."""
        said = read(interface.number, frame)
        if said is None:
            self.unusable += 1
        elif said.query is not None:
            self.membership.queried(said.query.link, said.source, said.query, now_ns)
        else:
            for version in (4, 6):
                records = [one for one in said.records if one.group.version == version]
                self.membership.reported(Link(interface.number, version), records, now_ns)

    def tick(self, now_ns: int) -> None:
        """Ask what is to be asked."""
        for query in self.membership.tick(now_ns):
            interface, own = self._links[query.link]
            self._transmit(interface, query_frame(query, own, interface.mac, interface.vlan_id))


def _links(interface: Interface) -> Iterable[tuple[Link, Address]]:
    """The families that an interface has, each with the address that asks."""
    if not interface.listeners:
        return
    for network in interface.networks:
        if network.address.version == 4:
            yield Link(interface.number, 4), network.address
            break
    if any(network.address.version == 6 for network in interface.networks):
        yield Link(interface.number, 6), link_local(interface.mac)
