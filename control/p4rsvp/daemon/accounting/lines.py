"""A file of JSON lines that is only appended to, and its reader.

Lines go to the kernel as they come, whole: a daemon that is killed loses none that was written. A
crash of the machine may tear the last one; whoever appends next begins a new line, and the reader
tells how many it could not read. The file is rotated by moving it away and asking to reopen it. A
disk that is full keeps lines waiting, a bounded number of them, and the daemon running.
"""

from __future__ import annotations

import json
import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

LOG = logging.getLogger(__name__)

MOST_WAITING: Final = 10_000  # lines
_OWNER_ONLY: Final = 0o600


class LinesFile:
    """Appends."""

    def __init__(self, path: Path) -> None:
        """Open it; raises OSError."""
        self.lost_lines = 0
        self._path = path
        self._waiting: deque[bytes] = deque()
        self._is_failing = False
        self._torn = False
        self._file = self._open()

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        file = os.open(self._path, flags, _OWNER_ONLY)
        size = os.fstat(file).st_size
        self._torn = bool(size) and os.pread(file, 1, size - 1) != b"\n"
        return file

    def reopen(self) -> None:
        """Go on in a file of that name, which may be a new one; else in the old one."""
        try:
            file = self._open()
        except OSError as error:
            LOG.error("accounts go on in the old file: %s: %s", self._path, error.strerror)  # noqa: TRY400 (the sentence is all there is to say)
            return
        os.close(self._file)
        self._file = file
        self.append(())

    def append(self, records: Iterable[dict[str, Any]]) -> None:
        """Write these, after whatever waits."""
        for one in records:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self.lost_lines += 1
            self._waiting.append(json.dumps(one, separators=(",", ":")).encode() + b"\n")
        while self._waiting:
            if not self._write(self._waiting[0]):
                return
            self._waiting.popleft()

    def _write(self, line: bytes) -> bool:
        try:
            data = b"\n" + line if self._torn else line
            written = os.write(self._file, data)
        except OSError as error:
            if not self._is_failing:
                LOG.error("accounts wait: %s: %s", self._path, error.strerror)  # noqa: TRY400 (as above)
            self._is_failing = True
            return False
        self._torn = written < len(data)  # then the line comes once more, whole
        self._is_failing = self._torn
        return not self._torn

    def close(self) -> None:
        """End."""
        os.close(self._file)


class Lines:
    """Reads files, in their order; counts what is no record."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.unreadable = 0
        self._paths = paths

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for path in self._paths:
            with path.open("rb") as file:
                for line in file:
                    try:
                        found = json.loads(line)
                    except ValueError:
                        found = None
                    if isinstance(found, dict) and isinstance(found.get("id"), str):
                        yield found
                    elif line.strip():
                        self.unreadable += 1
