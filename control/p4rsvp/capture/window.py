"""The bytes of a capture, from a file or a pipe, and the way back into step after damage.

Memory is bounded: at most one record, or one search of `SEARCH_BYTES`, is held at a time. A search
costs one test a byte and ends in reading on or in giving up, so work is linear in the file's size.
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
        self.offset = 0  # of the same byte, in the file

    def peek(self, count: int) -> bytes:
        """Look at the next `count` bytes; fewer come back only at the end of the file."""
        missing = self._position + count - len(self._buffer)
        if missing > 0:
            self._buffer = self._buffer[self._position :] + self._stream.read(missing)
            self._position = 0
        return self._buffer[self._position : self._position + count]

    def take(self, count: int) -> bytes:
        """Consume the next `count` bytes; fewer come back only at the end of the file."""
        taken = self.peek(count)
        self._position += len(taken)
        self.offset += len(taken)
        return taken

    def skip_to(self, is_record: Callable[[bytes, int], bool], beyond: int) -> bool:
        """Move on, by `beyond` bytes at least, to a sound record; False, and no move, if none."""
        searched = self.peek(SEARCH_BYTES)
        for position in range(beyond, len(searched)):
            if is_record(searched, position):
                self.take(position)
                return True
        return False
