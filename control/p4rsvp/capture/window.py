"""The bytes of a capture, from a file or a pipe, and the way back into step after damage.

Memory is bounded: one record, or two times `SEARCH_BYTES`, is held at a time. A search costs one
test a byte and ends in reading on or in giving up, so work is linear in the size of the file.
"""

from collections.abc import Callable
from typing import BinaryIO

SEARCH_BYTES = 1 << 20  # how far behind damage we look for the next sound record


class Window:
    """A forward-only view of a binary stream that can look ahead."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._position = 0  # of the next byte to be taken, in the buffer
        self.is_all = False  # what has been looked at reaches to the end of the file
        self.offset = 0  # of the next byte to be taken, in the file

    def peek(self, count: int) -> bytes:
        """Look at the next `count` bytes; fewer come back only at the end of the file."""
        self._fill(count)
        return self._buffer[self._position : self._position + count]

    def take(self, count: int) -> bytes:
        """Consume the next `count` bytes; fewer come back only at the end of the file."""
        taken = self.peek(count)
        self._position += len(taken)
        self.offset += len(taken)
        return taken

    def skip_to(self, is_record: Callable[[bytes, int], bool], beyond: int) -> bool:
        """Move on, by `beyond` bytes at least, to a sound record; False, and no move, if none."""
        if len(self._buffer) - self._position < SEARCH_BYTES:
            self._fill(2 * SEARCH_BYTES)  # more than is asked for, so that few searches copy it
        end = min(self._position + SEARCH_BYTES, len(self._buffer))
        for position in range(self._position + beyond, end):
            if is_record(self._buffer, position):
                self.offset += position - self._position
                self._position = position
                return True
        return False

    def _fill(self, count: int) -> None:
        missing = self._position + count - len(self._buffer)
        if missing > 0 and not self.is_all:
            more = self._stream.read(missing)
            self.is_all = len(more) < missing
            self._buffer = self._buffer[self._position :] + more
            self._position = 0
