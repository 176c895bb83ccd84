"""A configuration file for tests: a router with the links of a small network, and what differs."""

from __future__ import annotations

from pathlib import Path

from p4rsvp.target.artefacts import P4INFO, V1MODEL_JSON

SWITCH = f"""
[switch]
address = "127.0.0.1:9559"
p4info = "{P4INFO}"
program = "{V1MODEL_JSON}"
"""


def interface(number: int, more: str = "") -> str:
    """Interface n is port n, 10.0.n.1/24 and 2001:db8:n::1/64, 100 Mbit/s."""
    return f"""
[[interface]]
number = {number}
port = {number}
mac = "02:00:00:00:00:{number:02x}"
addresses = ["10.0.{number}.1/24", "2001:db8:{number}::1/64"]
rate_bits_per_s = 100e6
{more}
"""


def write(directory: Path, *parts: str) -> Path:
    """A file of these parts."""
    path = directory / "p4rsvp.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return path
