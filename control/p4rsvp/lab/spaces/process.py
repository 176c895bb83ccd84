"""The processes of a lab: started in a namespace, with a log, and gone when the lab is.

Each dies with its parent (PR_SET_PDEATHSIG), so that even a lab that is killed leaves no process.
What a process says goes to a log file, through us, as some say there when they are ready.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import p4rsvp
from p4rsvp.lab.world import LabError

STOP_TIMEOUT_S = 5.0
START_TIMEOUT_S = 120.0  # compiling a pipeline takes a while, once
_LAST_WORDS = 5


class Process:
    """One process."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._said = asyncio.Event()
        self._awaited = b""

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """Its number, while it runs."""
        return self._process.pid if self._process is not None and self.is_running else None

    async def start(
        self,
        *,
        ready: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; `ready`, if given, is what it says when it is."""
        self._said = asyncio.Event()
        self._awaited = ready.encode()
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": _python_path(), **(environment or {})},
            start_new_session=True,  # ctrl-C is for us, and we end the others
        )
        self._reading = asyncio.create_task(self._read(self._process))
        if ready:
            await self._until_ready()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with self.log.open("ab", buffering=0) as log:
            async for line in process.stdout:
                log.write(line)
                if self._awaited and self._awaited in line:
                    self._said.set()
        await process.wait()
        self._said.set()

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await self._said.wait()
        except TimeoutError as error:
            raise LabError(f"{self.name} is not ready after {START_TIMEOUT_S:.0f} s") from error
        self.check()

    def check(self) -> None:
        """Raise LabError where it has ended."""
        if not self.is_running:
            raise LabError(f"{self.name} has ended: {self.last_words()}; its log is {self.log}")

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return " / ".join(lines[-_LAST_WORDS:])

    async def stop(self) -> None:
        """Ask it to end, and see to it."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._ended()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)
        await self._ended()

    def hang_up(self) -> None:
        """Send SIGHUP."""
        self._signal(signal.SIGHUP)

    def _signal(self, number: int) -> None:
        if self.is_running:
            assert self._process is not None
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _ended(self) -> None:
        if self._process is not None:
            await self._process.wait()
        if self._reading is not None:
            await self._reading


def _python_path() -> str:
    """Where this very p4rsvp is found, installed or not, whatever directory we are in."""
    own = str(Path(p4rsvp.__file__).parents[1])
    return os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])


def dying_with_us(*command: str) -> list[str]:
    """The command, killed when its parent ends (put behind all that changes credentials)."""
    return ["setpriv", "--pdeathsig", "KILL", *command]


def served_first(*command: str) -> list[str]:
    """The command, before other work where that is allowed; where not, `nice` tells the log.

    What carries packets is to be as even as hardware is, whatever else this machine does.
    """
    return ["nice", "-n", "-15", *command]
