"""The reference of the refresh filter: a dict. The contract is told in `refresh.py`."""

from typing import NamedTuple

Fingerprint = tuple[int, int]


class Entry(NamedTuple):
    """What is known of one message."""

    message_id: int
    lifetime_ns: int
    handle: int
    deadline_ns: int


class PlainRefreshFilter:
    """What messages are known, and until when."""

    def __init__(self) -> None:
        self.entries: dict[Fingerprint, Entry] = {}

    def __len__(self) -> int:
        return len(self.entries)

    def insert(
        self,
        fingerprint: Fingerprint,
        message_id: int,
        lifetime_ns: int,
        handle: int,
        now_ns: int,
    ) -> None:
        """Know this message from now on."""
        entry = Entry(message_id, lifetime_ns, handle, now_ns + lifetime_ns)
        self.entries[fingerprint] = entry

    def remove(self, fingerprint: Fingerprint) -> bool:
        """Forget this message; False when it was not known."""
        return self.entries.pop(fingerprint, None) is not None

    def deadline_ns(self, fingerprint: Fingerprint) -> int | None:
        """Until when this message is known."""
        entry = self.entries.get(fingerprint)
        return entry.deadline_ns if entry else None

    def handle(self, fingerprint: Fingerprint) -> int:
        """The handle of a message; -1 where it is not known."""
        entry = self.entries.get(fingerprint)
        return entry.handle if entry else -1

    def touch(self, fingerprint: Fingerprint, message_id: int, now_ns: int) -> bool:
        """Extend the lifetime of a message that is known; say if it is."""
        entry = self.entries.get(fingerprint)
        if entry is None or entry.deadline_ns <= now_ns or entry.message_id != message_id:
            return False
        self.entries[fingerprint] = entry._replace(deadline_ns=now_ns + entry.lifetime_ns)
        return True

    def expire(self, now_ns: int) -> list[int]:
        """Forget what was not touched in time; give the handles."""
        expired = [key for key, entry in self.entries.items() if entry.deadline_ns <= now_ns]
        return [self.entries.pop(key).handle for key in expired]
