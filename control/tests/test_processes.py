import signal
import socket
import subprocess
import sys

import pytest

from p4rsvp.processes import LOOPBACK, P4RSVP, end, free_ports

DEAF = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True);"
    "signal.pause()"
)
POLITE = "import signal; print('polite', flush=True); signal.pause()"


def python(program: str) -> subprocess.Popen[str]:
    """A process that runs this program, and has said so."""
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 (ours)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_free_ports_are_different_and_can_be_taken(kind: socket.SocketKind) -> None:
    ports = free_ports(5, kind)
    assert len(set(ports)) == 5
    for port in ports:
        with socket.socket(type=kind) as taker:
            taker.bind((LOOPBACK, port))


def test_a_process_that_listens_ends_as_it_is_asked() -> None:
    with python(POLITE) as process:
        end(process)
    assert process.returncode == -signal.SIGTERM


def test_a_process_that_does_not_listen_is_killed() -> None:
    with python(DEAF) as process:
        end(process, timeout_s=0.05)
    assert process.returncode == -signal.SIGKILL


def test_a_process_that_has_ended_already_is_no_error() -> None:
    with python("print('short', flush=True)") as process:
        process.wait()
        end(process)
    assert process.returncode == 0


def test_p4rsvp_is_a_command_of_this_python() -> None:
    said = subprocess.run([*P4RSVP, "--version"], check=True, capture_output=True, text=True)  # noqa: S603 (ours)
    assert "p4rsvp" in said.stdout
