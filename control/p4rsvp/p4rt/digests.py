"""Digests (9.8): how they are reported, and the lists that report them."""

from __future__ import annotations

from finsy.proto import p4i, p4r

from p4rsvp.dataplane.entities import DigestConfig, DigestList, UpdateType
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.p4data import digest_records
from p4rsvp.p4rt.queries import Query, lookup


class Digests:
    """The codec of DigestEntry, and of what digests send."""

    def __init__(self, p4info: p4i.P4Info) -> None:
        self._names = {d.preamble.id: f"digest {d.preamble.alias}" for d in p4info.digests}
        self._records = digest_records(p4info)

    def write(self, kind: UpdateType, message: p4r.DigestEntry) -> DigestConfig:
        """Read an update; of a DELETE only the id counts."""
        what = self.name(message.digest_id)
        if kind is UpdateType.DELETE:
            return DigestConfig(message.digest_id)
        config = message.config
        numbers = (config.max_timeout_ns, config.max_list_size, config.ack_timeout_ns)
        if min(numbers) < 0:
            raise ControlError(Status.INVALID_ARGUMENT, f"{what}, config: negative")
        return DigestConfig(message.digest_id, *numbers)

    def read(self, message: p4r.DigestEntry) -> Query:
        """Read a request; digest_id 0 asks for all."""
        if message.digest_id:
            self.name(message.digest_id)
        return Query(DigestConfig(message.digest_id), self.encode)

    def name(self, digest_id: int) -> str:
        """Find a digest of the P4Info."""
        return lookup(self._names, digest_id, "digest_id")

    @staticmethod
    def encode(config: DigestConfig, entity: p4r.Entity) -> None:
        """Write a configuration."""
        message = entity.digest_entry
        message.digest_id = config.digest_id
        message.config.max_timeout_ns = config.max_timeout_ns
        message.config.max_list_size = config.max_list_size
        message.config.ack_timeout_ns = config.ack_timeout_ns

    def encode_list(self, digest: DigestList) -> p4r.DigestList:
        """Write what a digest reports."""
        message = p4r.DigestList(
            digest_id=digest.digest_id, list_id=digest.list_id, timestamp=digest.timestamp_ns
        )
        record = self._records[digest.digest_id]
        for row in digest.members:
            record.encode(row, message.data.add())
        return message
