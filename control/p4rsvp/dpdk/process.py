"""Running p4rsvp-dpdk: where it is, how it is started, and that somebody hears when it ends.

It is one switch with the process that started it: either ends with the other, and a controller
that comes back finds a switch that holds nothing, as after any start.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from p4rsvp import processes
from p4rsvp.dpdk.connection import BrokenError, Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAME: Final = "p4rsvp-dpdk"
BUILT: Final = Path(__file__).parents[3] / "dpdk" / "build" / NAME
STDERR: Final = 2  # whoever reads what we say
START_TIMEOUT_S: Final = 30.0
_LOOK_AGAIN_S: Final = 0.01
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def find_binary() -> Path | None:
    """Where it has been installed, or else built in this checkout."""
    installed = shutil.which(NAME)
    if installed is not None:
        return Path(installed)
    return BUILT if BUILT.exists() else None


class DpdkProcess:
    """One running p4rsvp-dpdk with a control socket of its own."""

    def __init__(
        self,
        binary: Path,
        arguments: Callable[[Path], Sequence[str]],
        log: int = STDERR,
    ) -> None:
        """Start it with the arguments for a control socket at a path; it listens there then.

        What it says goes to `log`, a file descriptor.
        """
        self._folder = Path(tempfile.mkdtemp(prefix=f"{NAME}-"))
        self.control: Final = self._folder / "control.sock"
        self._ending = False
        self._process = subprocess.Popen(  # noqa: S603 (ours)
            [binary, *arguments(self.control)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 (it calls prctl and nothing else)
        )
        try:
            self._wait_until_it_listens()
        except BrokenError:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def _wait_until_it_listens(self) -> None:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while True:
            if self._process.poll() is not None:
                raise BrokenError(f"{NAME} {self._how_it_ended()}; its log says why")
            try:
                Connection(self.control).close()
            except BrokenError:
                if time.monotonic() > deadline_s:
                    raise
                time.sleep(_LOOK_AGAIN_S)
            else:
                return

    def _how_it_ended(self) -> str:
        code = self._process.returncode
        return f"ended with {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"

    def watch(self, ended: Callable[[str], None]) -> None:
        """Call back, from a thread, when it ends without having been told to."""

        def wait() -> None:
            self._process.wait()
            if not self._ending:
                ended(f"{NAME} {self._how_it_ended()}")

        threading.Thread(target=wait, name=NAME, daemon=True).start()

    def stop(self) -> None:
        """End it."""
        self._ending = True
        processes.end(self._process)
        shutil.rmtree(self._folder)


def _end_with_parent() -> None:
    if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL):
        os._exit(1)
