"""Multicast groups and clone sessions, as lists of replicas in the arena.

A list is a run of replica words, and a word per group says where it begins and how long it is. A
changed list is written to fresh words before the group points to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from p4rsvp.dataplane.entities import CloneSession, MulticastGroup, Update, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.softswitch.codegen.places import GROUP_IDS, REPLICAS, SESSION_IDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from p4rsvp.dataplane.entities import Replica
    from p4rsvp.softswitch.codegen.places import Places

_Entity = TypeVar("_Entity", MulticastGroup, CloneSession)

MAX_PORT = 511
MAX_INSTANCE = 0xFFFF
TOP_QUEUE = 7


class Replication:
    """Both kinds of lists."""

    def __init__(self, places: Places, mem: NDArray[np.uint64]) -> None:
        self.places = places
        self.mem = mem
        self.groups: dict[int, MulticastGroup] = {}
        self.sessions: dict[int, CloneSession] = {}
        self._free: dict[int, list[int]] = {}  # length -> beginnings of runs given back
        self._next = 0

    def apply_group(self, kind: UpdateType, entity: MulticastGroup) -> Update:
        """INSERT, MODIFY or DELETE a multicast group."""
        what = f"multicast group {entity.group_id}"
        if not 0 < entity.group_id < GROUP_IDS:
            raise ControlError(Status.INVALID_ARGUMENT, f"{what}: ids are 1 to {GROUP_IDS - 1}")
        before = self._before(kind, self.groups.get(entity.group_id), what)
        at = self.places.multicast + entity.group_id
        if kind == UpdateType.DELETE:
            del self.groups[entity.group_id]
            self._point(at, ())
        else:
            self._check(entity.replicas, what)
            self._point(at, entity.replicas)
            self.groups[entity.group_id] = entity
        return _undo(kind, entity, before)

    def apply_session(self, kind: UpdateType, entity: CloneSession) -> Update:
        """INSERT, MODIFY or DELETE a clone session."""
        what = f"clone session {entity.session_id}"
        if not 0 < entity.session_id < SESSION_IDS:
            raise ControlError(Status.INVALID_ARGUMENT, f"{what}: ids are 1 to {SESSION_IDS - 1}")
        before = self._before(kind, self.sessions.get(entity.session_id), what)
        at = self.places.sessions + 2 * entity.session_id
        if kind == UpdateType.DELETE:
            del self.sessions[entity.session_id]
            self._point(at, ())
        else:
            self._check(entity.replicas, what)
            if not 0 <= entity.class_of_service <= TOP_QUEUE:
                sentence = f"{what}: class_of_service {entity.class_of_service} is no queue 0 to 7"
                raise ControlError(Status.INVALID_ARGUMENT, sentence)
            if entity.packet_length_bytes < 0:
                raise ControlError(Status.INVALID_ARGUMENT, f"{what}: a negative length")
            self._point(at, entity.replicas)
            self.mem[at + 1] = entity.class_of_service << 32 | entity.packet_length_bytes
            self.sessions[entity.session_id] = entity
        return _undo(kind, entity, before)

    def read_groups(self, pattern: MulticastGroup) -> Iterator[MulticastGroup]:
        """Groups that fit."""
        for group in list(self.groups.values()):
            if pattern.group_id in {0, group.group_id}:
                yield replace(group)

    def read_sessions(self, pattern: CloneSession) -> Iterator[CloneSession]:
        """Sessions that fit."""
        for session in list(self.sessions.values()):
            if pattern.session_id in {0, session.session_id}:
                yield replace(session)

    @staticmethod
    def _before(kind: UpdateType, found: _Entity | None, what: str) -> _Entity | None:
        if kind == UpdateType.INSERT and found is not None:
            raise ControlError(Status.ALREADY_EXISTS, f"there is a {what}")
        if kind != UpdateType.INSERT and found is None:
            raise ControlError(Status.NOT_FOUND, f"no {what}")
        return found

    @staticmethod
    def _check(replicas: tuple[Replica, ...], what: str) -> None:
        if len(set(replicas)) != len(replicas):
            raise ControlError(Status.INVALID_ARGUMENT, f"{what}: a replica stands twice")
        for replica in replicas:
            if not 0 <= replica.egress_port <= MAX_PORT:
                sentence = f"{what}: port {replica.egress_port} is above {MAX_PORT}"
                raise ControlError(Status.INVALID_ARGUMENT, sentence)
            if not 0 <= replica.instance <= MAX_INSTANCE:
                sentence = f"{what}: instance {replica.instance} is above {MAX_INSTANCE}"
                raise ControlError(Status.INVALID_ARGUMENT, sentence)

    def _point(self, at: int, replicas: tuple[Replica, ...]) -> None:
        old = int(self.mem[at])
        word = 0
        if replicas:
            first = self._take(len(replicas))
            place = self.places.replicas + first
            words = [r.egress_port << 32 | r.instance for r in replicas]
            self.mem[place : place + len(words)] = words
            word = first << 32 | len(replicas)
        self.mem[at] = word
        if old:
            self._free.setdefault(old & 0xFFFFFFFF, []).append(old >> 32)

    def _take(self, count: int) -> int:
        free = self._free.get(count)
        if free:
            return free.pop()
        if self._next + count > REPLICAS:
            raise ControlError(Status.RESOURCE_EXHAUSTED, f"more than {REPLICAS} replicas")
        self._next += count
        return self._next - count


def _undo(
    kind: UpdateType,
    entity: MulticastGroup | CloneSession,
    before: MulticastGroup | CloneSession | None,
) -> Update:
    if kind == UpdateType.INSERT:
        return Update(UpdateType.DELETE, entity)
    assert before is not None
    inverse = UpdateType.MODIFY if kind == UpdateType.MODIFY else UpdateType.INSERT
    return Update(inverse, replace(before))
