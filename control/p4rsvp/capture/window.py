"""The bytes of a capture, from a file or a pipe, and the way back into step after damage.

Nothing is read before it is needed, so that a live pipe is followed packet by packet; only from
`AHEAD_BYTES` on is twice as much read as was asked for, so that a buffer which grows is seldom
copied. Memory is bounded by the longest record and by `SEARCH_BYTES`, each twice. A search costs
one test a byte and ends in reading on or in giving up: work is linear in the size of the file.
"""

from collections.abc import Callable
from typing import BinaryIO

SEARCH_BYTES = 1 << 20  # how far behind damage we look for the next sound record
AHEAD_BYTES = 1 << 16


class Window:
    """A forward-only view of a binary stream that can look ahead."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._position = 0  # of the next byte to be taken, in the buffer
        self.offset = 0  # of the next byte to be taken, in the file
        self.is_all = False  # what has been looked at reaches to the end of the file
        self.failure: OSError | None = None  # why the end came where it did

    def reaches(self, count: int) -> bool:
        """Whether there are `count` more bytes."""
        self._fill(count)
        return len(self._buffer) - self._position >= count

    def peek(self, count: int, ahead: int = 0) -> bytes:
        """Look at `count` bytes, `ahead` of the next; fewer come back only at the file's end."""
        self._fill(ahead + count)
        start = self._position + ahead
        return self._buffer[start : start + count]

    def take(self, count: int) -> bytes:
        """Consume the next `count` bytes; fewer come back only at the file's end."""
        taken = self.peek(count)
        self._position += len(taken)
        self.offset += len(taken)
        return taken

    def skip_to(self, is_record: Callable[[bytes, int], bool], beyond: int) -> bool:
        """Move on, by `beyond` bytes at least, to a sound record; False, and no move, if none."""
        self._fill(SEARCH_BYTES)
        end = min(self._position + SEARCH_BYTES, len(self._buffer))
        for position in range(self._position + beyond, end):
            if is_record(self._buffer, position):
                self.offset += position - self._position
                self._position = position
                return True
        return False

    def _fill(self, count: int) -> None:
        missing = self._position + count - len(self._buffer)
        if missing <= 0 or self.is_all:
            return
        if count >= AHEAD_BYTES:
            missing += count
        try:
            more = self._stream.read(missing)
        except OSError as error:
            self.failure = error
            more = b""
        self.is_all = len(more) < missing
        self._buffer = self._buffer[self._position :] + more
        self._position = 0
