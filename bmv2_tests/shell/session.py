"""p4runtime-shell as a test's client: `p4rsvp shell` in a process of its own, told what to do."""

import json
import subprocess
from pathlib import Path
from typing import Any

from p4rsvp.processes import P4RSVP
from p4rsvp.shell import environment
from p4rsvp.target.artefacts import Program
from shell.remote import READY

REMOTE = Path(__file__).with_name("remote.py")
STOP_TIMEOUT_S = 10.0


def installed() -> bool:
    """Has the shell its environment?"""
    return environment.interpreter().exists()


class RefusedError(Exception):
    """What the shell raised: the name of the exception, and its text."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


class Shell:
    """One shell, connected to a switch; it loads a program if it is told to."""

    def __init__(
        self, address: str, log: Path, *, election_id: int = 1, load: Program | None = None
    ) -> None:
        program = ["--p4info", str(load[0]), "--json", str(load[1])] if load else []
        self._log = log
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [
                    *(*P4RSVP, "shell", "--run", str(REMOTE)),
                    *("--grpc", address, "--election-id", str(election_id), *program),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

        assert self._process.stdout
        while (line := self._process.stdout.readline().strip()) != READY:
            assert self._process.poll() is None, f"{line}; {log.read_text()[-2000:]}"

    def run(self, code: str) -> Any:
        """Run code with the names of the shell's prompt; the value, if it is an expression."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the shell ended: {self._log.read_text()[-2000:]}"
        answer = json.loads(line)
        if "error" in answer:
            raise RefusedError(answer["error"], answer["text"])
        return answer["value"]

    def close(self) -> None:
        """Leave the switch."""
        self._process.communicate(timeout=STOP_TIMEOUT_S)
        assert self._process.returncode == 0
