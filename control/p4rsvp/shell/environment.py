"""The environment that p4runtime-shell lives in: where it is, and how it comes into being.

It is made once for each version of `requirements.lock` and of Python, under the user's data folder
(XDG_DATA_HOME), and is moved to its place only when it is whole: one that was interrupted, or two
that were begun at once, do no harm.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).with_name("requirements.lock")
_ERRORS: Final = 2  # the file descriptor, whatever stands for sys.stderr
_PACKAGES: Final = "pip says why above; it needs a package index, or a pip configuration with one"
_MODULE: Final = "install the venv module of this Python (Debian and Ubuntu: python3-venv)"


class ShellError(Exception):
    """The environment cannot be made; the text says what to do."""


def folder() -> Path:
    """Where the environment of this lock and this Python belongs."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(LOCK.read_bytes() + sys.base_prefix.encode()).hexdigest()[:12]
    return Path(data) / "p4rsvp" / f"shell-{version}-{digest}"


def interpreter() -> Path:
    """Its Python, whether it is there yet or not."""
    return folder() / "bin" / "python"


def make() -> None:
    """Make the environment; ShellError if that cannot be."""
    home = folder()
    home.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=home.parent))
    try:
        _run([sys.executable, "-m", "venv", "--clear", str(new)], _MODULE)
        pip = [str(new / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        _run(
            [*pip, "install", "--quiet", "--require-hashes", "--requirement", str(LOCK)], _PACKAGES
        )
        if not home.exists():
            new.rename(home)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _run(command: list[str], remedy: str) -> None:
    """Run it with its output on the error stream, since the shell's own belongs to the user."""
    done = subprocess.run(command, stdout=_ERRORS, check=False)  # noqa: S603  # no input of others
    if done.returncode != 0:
        raise ShellError(f"the shell's environment cannot be made: {remedy}")
