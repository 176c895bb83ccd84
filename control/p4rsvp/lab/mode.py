"""Which kind of lab this machine allows, and why: tried, not guessed."""

from __future__ import annotations

import os
import shutil
import subprocess
from enum import Enum
from typing import NamedTuple

TOOLS = ("ip", "ethtool", "nsenter", "unshare", "setpriv")
_TRY_TIMEOUT_S = 10.0


class Mode(Enum):
    """How a lab's network is made."""

    ROOT = "root"  # network namespaces
    USER = "user"  # network namespaces in an unprivileged user namespace
    MEMORY = "memory"  # one process, with memory links


class Choice(NamedTuple):
    """A mode, and the reason for it, to follow its name."""

    mode: Mode
    why: str


def choose() -> Choice:
    """The mode that is closest to a real network."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        return Choice(Mode.MEMORY, f"as {', '.join(lacking)} cannot be found on the PATH")
    if os.geteuid() == 0:
        refusal = _try("--net", "--mount")
        if refusal is None:
            return Choice(Mode.ROOT, "network namespaces, as we are root")
        return Choice(Mode.MEMORY, f"as root may make no network namespaces here ({refusal})")
    refusal = _try("--user", "--map-root-user", "--net", "--mount")
    if refusal is None:
        return Choice(Mode.USER, "network namespaces in a user namespace, as we are not root")
    return Choice(Mode.MEMORY, f"as this kernel gives us no user namespace ({refusal})")


def _try(*options: str) -> str | None:
    """Make namespaces and leave them; what is said where that fails."""
    done = subprocess.run(  # noqa: S603 (options of ours)
        ["unshare", *options, "ip", "link"],  # noqa: S607 (whichever is on the PATH)
        capture_output=True,
        text=True,
        timeout=_TRY_TIMEOUT_S,
        check=False,
    )
    return None if done.returncode == 0 else done.stderr.strip().rpartition("unshare: ")[2]
