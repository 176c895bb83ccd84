"""The daemon as its unit file has it: no root, as far as can be had, and no capability."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from packet.softswitch import Softswitch

from tests.daemon.files import SWITCH, interface, write
from tests.daemon.test_kill import daemon

UNIT = Path(__file__).parents[3] / "docs/p4rsvp@.service"
NOBODY = 65534
BARE = ("--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs")


def stripped() -> list[str]:
    """A prefix that takes all privileges away, and the user if the interpreter is left to it."""
    setpriv = shutil.which("setpriv")
    if setpriv is None or os.geteuid() != 0:
        pytest.skip("setpriv, and root to take privileges from, are not to be had")
    as_nobody = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *BARE]
    try_it = [*as_nobody, sys.executable, "-c", "import p4rsvp"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    if subprocess.run(try_it, env=env, capture_output=True, check=False).returncode == 0:  # noqa: S603 (our own)
        return as_nobody
    return [setpriv, *BARE]  # the interpreter is root's alone: then as root, who may do nothing


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that anybody may use; pytest's own are its user's alone."""
    with TemporaryDirectory(prefix="p4rsvp-") as made:
        Path(made).chmod(0o777)
        yield Path(made)


def test_it_serves_without_any_capability(
    switch: Softswitch, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    under = stripped()
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # nobody has no cache of compiled kernels
    text = SWITCH.replace("127.0.0.1:9559", switch.grpc_address)
    config = write(place, text, '[northbound]\nsocket = "r1.sock"\n', interface(1))
    with daemon(config, *under) as process:  # it has read the switch, and found what differs
        found = status(process.pid)
        assert {found[f"Cap{which}"] for which in ("Eff", "Prm", "Bnd", "Amb")} == {"0" * 16}
        assert found["NoNewPrivs"] == "1"
        assert (place / "r1.sock").stat().st_mode & 0o777 == 0o660


def test_the_unit_file_gives_neither_root_nor_a_capability() -> None:
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    for wanted in (
        "DynamicUser=yes",
        "CapabilityBoundingSet=",
        "AmbientCapabilities=",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "UMask=0077",
    ):
        assert wanted in lines
    assert not [line for line in lines if line.startswith("User=")]
