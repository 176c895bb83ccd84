"""Accounts of a daemon process: rotated under it, closed by SIGTERM, whole after SIGKILL."""

from __future__ import annotations

import signal
from pathlib import Path

from packet.softswitch import Softswitch

from p4rsvp.daemon.accounting.lines import Lines
from tests.daemon.entries import filters
from tests.daemon.files import SWITCH, interface, write
from tests.daemon.test_kill import Cables, daemon
from tests.waiting import wait_until


def converse(switch: Softswitch) -> None:
    """Host 2 reserves for host 1, as soon as both can be heard."""
    wait_until(lambda: filters(switch.grpc_address, "interfaces") == 2)
    Cables(switch).converse()


def kinds(path: Path) -> list[str]:
    """The records that are there by now."""
    return [one["record"] for one in Lines([path])] if path.exists() else []


def test_accounts_are_rotated_and_closed_and_survive_a_kill(
    switch: Softswitch, tmp_path: Path
) -> None:
    where = SWITCH.replace("127.0.0.1:9559", switch.grpc_address)
    table = '[accounting]\nfile = "accounts.jsonl"\ninterim_s = 0\n'
    config = write(tmp_path, where, interface(1), interface(2), table)
    now, old = tmp_path / "accounts.jsonl", tmp_path / "accounts.jsonl.1"
    with daemon(config) as process:
        converse(switch)
        wait_until(lambda: kinds(now) == ["start"])
        now.rename(old)
        process.send_signal(signal.SIGHUP)
        wait_until(now.exists)
        process.send_signal(signal.SIGTERM)
        process.wait()
    (start, stop) = Lines([old, now])
    assert (kinds(old), kinds(now)) == (["start"], ["stop"])
    assert start["id"] == stop["id"]
    with daemon(config):
        converse(switch)
        wait_until(lambda: kinds(now) == ["stop", "start"])
    assert kinds(now) == ["stop", "start"], "it was killed"
