"""Digest messages on their way to the controller: in lists, duplicates held back till acked.

As P4Runtime's DigestEntry wants it: a list is sent when it is full or when its first member is
`max_timeout` old; a message that is in a list which was sent and neither acked nor older than
`ack_timeout` is not sent again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from p4rsvp.dataplane.entities import DigestConfig, DigestList, Update, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.softswitch.codegen.values import limbs_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from p4rsvp.dataplane.p4info import P4Info
    from p4rsvp.softswitch.ir.program import Program

Members = tuple[int, ...]


@dataclass(slots=True)
class _Stream:
    """One digest that the controller wants."""

    config: DigestConfig
    members: list[Members] = field(default_factory=list)
    since_ns: int = 0
    next_list: int = 1
    unacked: dict[Members, tuple[int, int]] = field(default_factory=dict)  # list, when sent


class Digests:
    """All digests of a program."""

    def __init__(self, program: Program, p4info: P4Info) -> None:
        ids = {info.name: number for number, info in p4info.digests.items()}
        self._names = {number: info.name for number, info in p4info.digests.items()}
        self._id_of: dict[int, int] = {}
        self._widths: dict[int, list[int]] = {}
        for number, (name, elements) in program.digests.items():
            if name in ids:
                self._id_of[number] = ids[name]
                self._widths[number] = [
                    program.field_type(e).width_bits  # type: ignore[arg-type]  # codegen checked it
                    for e in elements
                ]
        self._streams: dict[int, _Stream] = {}
        self._lock = threading.Lock()  # workers add, a controller configures and acks

    def apply(self, kind: UpdateType, entity: DigestConfig) -> Update:
        """Start, change or stop a digest."""
        with self._lock:
            return self._apply(kind, entity)

    def _apply(self, kind: UpdateType, entity: DigestConfig) -> Update:
        if entity.digest_id not in self._names:
            raise ControlError(Status.NOT_FOUND, f"no digest {entity.digest_id}")
        name = self._names[entity.digest_id]
        found = self._streams.get(entity.digest_id)
        if kind == UpdateType.INSERT:
            if found is not None:
                raise ControlError(Status.ALREADY_EXISTS, f"digest {name} is on")
            self._streams[entity.digest_id] = _Stream(entity)
            return Update(UpdateType.DELETE, entity)
        if found is None:
            raise ControlError(Status.NOT_FOUND, f"digest {name} is off")
        before = replace(found.config)
        if kind == UpdateType.MODIFY:
            found.config = entity
            return Update(UpdateType.MODIFY, before)
        del self._streams[entity.digest_id]
        return Update(UpdateType.INSERT, before)

    def read(self, pattern: DigestConfig) -> Iterator[DigestConfig]:
        """Configurations that fit."""
        for number, stream in list(self._streams.items()):
            if pattern.digest_id in {0, number}:
                yield replace(stream.config)

    def acknowledge(self, digest_id: int, list_id: int) -> None:
        """Forget what was sent in a list."""
        with self._lock:
            stream = self._streams.get(digest_id)
            if stream is not None:
                stream.unacked = {m: s for m, s in stream.unacked.items() if s[0] != list_id}

    def add(self, messages: list[list[int]], now_ns: int) -> None:
        """Messages from the pipeline: digest number, then words."""
        with self._lock:
            self._add(messages, now_ns)

    def _add(self, messages: list[list[int]], now_ns: int) -> None:
        for number, *words in messages:
            digest_id = self._id_of.get(number, 0)
            stream = self._streams.get(digest_id)
            if stream is None:
                continue
            members = self._members(number, words)
            sent = stream.unacked.get(members)
            fresh = sent is None or now_ns - sent[1] >= stream.config.ack_timeout_ns
            if fresh and members not in stream.members:
                if not stream.members:
                    stream.since_ns = now_ns
                stream.members.append(members)

    def due(self, now_ns: int) -> list[DigestList]:
        """Lists that are to be sent now."""
        with self._lock:
            return list(self._due(now_ns))

    def _due(self, now_ns: int) -> Iterator[DigestList]:
        for digest_id, stream in list(self._streams.items()):
            size = stream.config.max_list_size
            while stream.members and (
                (size and len(stream.members) >= size)
                or now_ns - stream.since_ns >= stream.config.max_timeout_ns
            ):
                chunk, stream.members = (
                    stream.members[: size or None],
                    (stream.members[size:] if size else []),
                )
                number = stream.next_list
                stream.next_list += 1
                for members in chunk:
                    stream.unacked[members] = (number, now_ns)
                yield DigestList(digest_id, number, now_ns, chunk)

    def _members(self, number: int, words: list[int]) -> Members:
        values, at = [], 0
        for width in self._widths[number]:
            count = limbs_for(width)
            values.append(sum(word << 64 * i for i, word in enumerate(words[at : at + count])))
            at += count
        return tuple(values)
