"""What every codec of an entity offers: how a write is read, and how a read is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from finsy.proto import p4r

from p4rsvp.dataplane.control import DataPlane
from p4rsvp.dataplane.entities import Entity, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status

Message_contra = TypeVar("Message_contra", contravariant=True)
Found = TypeVar("Found")


class Query(NamedTuple):
    """One request of a Read: what to ask the data plane, what of it fits, how to write it.

    `demand` refuses an answer that lacks what was asked for, before anything is written.
    """

    pattern: Entity
    encode: Callable[[Any, p4r.Entity], None]
    fits: Callable[[Any], bool] | None = None
    missing: str = ""  # what to call NOT_FOUND if nothing fits; empty where that is no error
    demand: Callable[[Any], None] | None = None


class Untouched(NamedTuple):
    """A MODIFY that sets nothing (its data is unset): only what it names has to exist."""

    query: Query

    def check(self, plane: DataPlane) -> None:
        """Refuse it if what it names is missing."""
        if self.query.missing and not any(True for _ in plane.read(self.query.pattern)):
            raise ControlError(Status.NOT_FOUND, self.query.missing)


class Codec(Protocol[Message_contra]):
    """Reads and writes one kind of entity; `message` is that member of the Entity oneof."""

    def write(self, kind: UpdateType, message: Message_contra) -> Entity | Untouched:
        """Read an update; a malformed one raises ControlError."""
        ...

    def read(self, message: Message_contra) -> Query:
        """Read a request of a Read."""
        ...


def only_modify(kind: UpdateType, what: str) -> None:
    """Refuse INSERT and DELETE of what always exists."""
    if kind is not UpdateType.MODIFY:
        raise ControlError(
            Status.INVALID_ARGUMENT, f"{what}: always exists, so that only MODIFY is possible"
        )


def lookup(codecs: Mapping[int, Found], p4_id: int, kind: str) -> Found:
    """Find what an id of the P4Info names."""
    found = codecs.get(p4_id)
    if found is None:
        raise ControlError(Status.INVALID_ARGUMENT, f"{kind} {p4_id} is not in the P4Info")
    return found
