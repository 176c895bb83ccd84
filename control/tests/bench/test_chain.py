"""Rows of routers for a bench, and their end."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from p4rsvp.bench.chain import chain

PATIENCE_S = 10.0


def signalled(number: signal.Signals, directory: Path, pids: list[int]) -> None:
    """A bench that is told to end while its routers run."""
    with chain(1, directory, refresh_period_ms=30_000) as row:
        pids += row.routers[0]
        os.kill(os.getpid(), number)
        time.sleep(PATIENCE_S)  # which the signal interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_what_was_started(tmp_path: Path, number: signal.Signals) -> None:
    pids: list[int] = []
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        signalled(number, tmp_path, pids)
    assert pids
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
