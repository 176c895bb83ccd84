"""Which groups have listeners on our links: the router's side of IGMPv3 and MLDv2, pure.

RFC 3376 6 and RFC 3810 7 are one protocol for two families. A group on a link either includes some
sources or excludes some; reports change that (6.4), timers end it (6.2.2, 6.3, 6.5). Older hosts'
reports and leaves count as the records that they stand for (7.3.2). Of several routers the one with
the lowest address asks (6.6.2); only that one asks again before it takes a leave for the last.

Timers: the general query, the life of a group and of each source, the other querier, and queries
that are to be sent again. Left out: the S flag, and that IGMPv1 hosts never leave (7.3.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from p4rsvp.wire.address import Address

SECOND_NS = 1_000_000_000
ROBUSTNESS = 2
QUERY_INTERVAL_NS = 125 * SECOND_NS
RESPONSE_NS = 10 * SECOND_NS
LAST_MEMBER_NS = SECOND_NS
MEMBERSHIP_NS = ROBUSTNESS * QUERY_INTERVAL_NS + RESPONSE_NS  # RFC 3376 8.4
OTHER_QUERIER_NS = ROBUSTNESS * QUERY_INTERVAL_NS + RESPONSE_NS // 2  # 8.5
STARTUP_NS = QUERY_INTERVAL_NS // 4  # 8.6
LAST_MEMBERS_NS = ROBUSTNESS * LAST_MEMBER_NS  # 8.8
GROUPS = 1024  # on one link
SOURCES = 256  # of one group


class Kind(IntEnum):
    """Of a record (RFC 3376 4.2.12)."""

    IS_INCLUDE = 1
    IS_EXCLUDE = 2
    TO_INCLUDE = 3
    TO_EXCLUDE = 4
    ALLOW = 5
    BLOCK = 6


class Record(NamedTuple):
    """What a listener says of a group."""

    kind: Kind
    group: Address
    sources: frozenset[Address] = frozenset()


class Link(NamedTuple):
    """One family on one interface."""

    interface: int
    version: int  # of IP


class Query(NamedTuple):
    """Ask on a link: of all groups (None), of a group, or of some sources of it."""

    link: Link
    group: Address | None = None
    sources: tuple[Address, ...] = ()


@dataclass(slots=True)
class _Group:
    exclude_until_ns: int = 0  # 0: it includes
    sources: dict[Address, int] = field(default_factory=dict)  # wanted, until when
    excluded: set[Address] = field(default_factory=set)
    again: list[tuple[int, frozenset[Address]]] = field(default_factory=list)  # queries, when

    def wants(self, source: Address | None) -> bool:
        """Whether somebody listens to this source, or (None) to any."""
        if source is None:
            return bool(self.exclude_until_ns or self.sources)
        return source in self.sources or bool(self.exclude_until_ns and source not in self.excluded)

    def due_ns(self) -> Iterable[int]:
        """When something of it ends or has to be done."""
        yield from self.sources.values()
        yield from (when_ns for when_ns, _ in self.again)
        if self.exclude_until_ns:
            yield self.exclude_until_ns


@dataclass(slots=True)
class _Link:
    own: Address
    query_ns: int  # the next general query, or when the other querier is given up
    is_querier: bool = True
    startup_queries: int = ROBUSTNESS
    groups: dict[Address, _Group] = field(default_factory=dict)


class Membership:
    """The listeners on all links."""

    def __init__(self) -> None:
        self._links: dict[Link, _Link] = {}
        self._changed: set[Address] = set()
        self._due_ns: int | None = None
        self._is_stale = False  # what is due first has to be found out anew

    def begin(self, link: Link, own: Address, now_ns: int) -> None:
        """Listen on a link, where this address of ours asks."""
        if link not in self._links:
            self._links[link] = _Link(own, now_ns)
            self._is_stale = True

    def end(self, link: Link) -> None:
        """The link is gone, and who was on it."""
        gone = self._links.pop(link, None)
        if gone is not None:
            self._changed |= gone.groups.keys()
            self._is_stale = True

    def members(self, group: Address, source: Address | None) -> tuple[int, ...]:
        """The interfaces with listeners to a source of a group, or (None) to any."""
        found = (
            one.interface
            for one, link in self._links.items()
            if one.version == group.version and group in link.groups
            if link.groups[group].wants(source)
        )
        return tuple(sorted(found))

    def take_changed(self) -> set[Address]:
        """The groups whose listeners may be others than when this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    # --- what is heard ---

    def reported(self, link: Link, records: Iterable[Record], now_ns: int) -> None:
        """A listener has said this."""
        state = self._links.get(link)
        if state is None:
            return
        self._is_stale = True
        for record in records:
            group = state.groups.get(record.group)
            if group is None:
                if len(state.groups) >= GROUPS:
                    continue
                group = _Group()
            if len(group.sources.keys() | group.excluded | record.sources) > SOURCES:
                continue
            asked = _apply(group, record, now_ns)
            if state.is_querier:
                for sources in asked:
                    _ask(group, sources, now_ns)
            if group.wants(None):
                state.groups[record.group] = group
            self._changed.add(record.group)

    def queried(self, link: Link, by: Address, query: Query, now_ns: int) -> None:
        """Another router has asked (RFC 3376 6.6)."""
        state = self._links.get(link)
        if state is None or by.is_unspecified:
            return
        self._is_stale = True
        if by < state.own:
            state.is_querier = False
            state.query_ns = now_ns + OTHER_QUERIER_NS
        group = state.groups.get(query.group) if query.group is not None else None
        if group is not None and not state.is_querier:
            _shorten(group, frozenset(query.sources), now_ns)

    # --- time ---

    def deadline(self) -> int | None:
        """When `tick` is due."""
        if self._is_stale:
            self._is_stale = False
            due = [link.query_ns for link in self._links.values()]
            for link in self._links.values():
                due += [at_ns for group in link.groups.values() for at_ns in group.due_ns()]
            self._due_ns = min(due, default=None)
        return self._due_ns

    def tick(self, now_ns: int) -> list[Query]:
        """Let end what is over; what to ask now."""
        self._is_stale = True
        queries: list[Query] = []
        for link, state in self._links.items():
            if state.query_ns <= now_ns:
                queries.append(Query(link))
                state.is_querier = True  # the other has fallen silent
                state.startup_queries = max(state.startup_queries - 1, 0)
                wait_ns = STARTUP_NS if state.startup_queries else QUERY_INTERVAL_NS
                state.query_ns = now_ns + wait_ns
            for address, group in list(state.groups.items()):
                queries += self._tick_group(link, address, group, now_ns)
                if not group.wants(None):
                    del state.groups[address]
        return queries

    def _tick_group(
        self, link: Link, address: Address, group: _Group, now_ns: int
    ) -> Iterable[Query]:
        for when_ns, sources in list(group.again):
            if when_ns <= now_ns:
                group.again.remove((when_ns, sources))
                yield Query(link, address, tuple(sorted(sources)))
        over = {source for source, until_ns in group.sources.items() if until_ns <= now_ns}
        for source in over:
            del group.sources[source]
        if group.exclude_until_ns:
            group.excluded |= over  # RFC 3376 6.3: from now on it is not forwarded
        if group.exclude_until_ns and group.exclude_until_ns <= now_ns:
            group.exclude_until_ns = 0  # RFC 3376 6.5: what is still wanted by name goes on
            group.excluded.clear()
            over.add(address)
        if over:
            self._changed.add(address)


def _apply(group: _Group, record: Record, now_ns: int) -> list[frozenset[Address]]:
    """RFC 3376 6.4: change a group by a record; what to ask for, empty sets of sources for all."""
    kind, _, told = record
    wanted, until_ns = frozenset(group.sources), now_ns + MEMBERSHIP_NS
    if kind in {Kind.IS_INCLUDE, Kind.ALLOW, Kind.TO_INCLUDE}:
        group.sources |= dict.fromkeys(told, until_ns)
        group.excluded -= told
        if kind is not Kind.TO_INCLUDE:
            return []
        everything = [frozenset[Address]()] if group.exclude_until_ns else []
        return [*_some(wanted - told), *everything]
    if kind is Kind.BLOCK:
        if not group.exclude_until_ns:
            return _some(wanted & told)
        fresh = told - wanted - group.excluded
        group.sources |= dict.fromkeys(fresh, group.exclude_until_ns)
        return _some(told - group.excluded)
    return _exclude(group, kind, told, until_ns)


def _exclude(
    group: _Group, kind: Kind, told: frozenset[Address], until_ns: int
) -> list[frozenset[Address]]:
    """RFC 3376 6.4.1 and 6.4.2, IS_EX and TO_EX."""
    wanted = frozenset(group.sources)
    if group.exclude_until_ns:
        fresh_until_ns = until_ns if kind is Kind.IS_EXCLUDE else group.exclude_until_ns
        kept = told - group.excluded
        group.excluded &= told
        group.sources = {one: group.sources.get(one, fresh_until_ns) for one in kept}
    else:
        kept = wanted & told
        group.excluded = set(told - wanted)
        group.sources = {one: group.sources[one] for one in kept}
    group.exclude_until_ns = until_ns
    return _some(kept) if kind is Kind.TO_EXCLUDE else []


def _some(sources: frozenset[Address]) -> list[frozenset[Address]]:
    return [sources] if sources else []


def _ask(group: _Group, sources: frozenset[Address], now_ns: int) -> None:
    """Ask whether anybody is left, and go soon where nobody answers (RFC 3376 6.6.3)."""
    _shorten(group, sources, now_ns)
    group.again += [(now_ns + n * LAST_MEMBER_NS, sources) for n in range(ROBUSTNESS)]


def _shorten(group: _Group, sources: frozenset[Address], now_ns: int) -> None:
    until_ns = now_ns + LAST_MEMBERS_NS
    if not sources and group.exclude_until_ns:
        group.exclude_until_ns = min(group.exclude_until_ns, until_ns)
    for source in sources & group.sources.keys():
        group.sources[source] = min(group.sources[source], until_ns)
