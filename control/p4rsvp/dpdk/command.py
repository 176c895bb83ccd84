"""The command line of p4rsvp-dpdk (dpdk/src/options.c), from what `p4rsvp switch` was told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from p4rsvp.dataplane.links import PORTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AS_IT_IS: Final = "dpdk:"


def device_of(target: str) -> str:
    """What DPDK is to open: an interface by its name, or any device behind `dpdk:`."""
    if target.startswith(_AS_IT_IS):
        return target.removeprefix(_AS_IT_IS)
    if target.startswith("udp:"):
        raise ValueError(f"{target}: the DPDK switch has no cables of UDP")
    return target if target.startswith("pcap:") else f"af_packet:{target}"


def cores_for(workers: int, *, first: int = 0) -> str:
    """A CPU for the control socket and one for each worker, of those that we may use."""
    cpus = sorted(os.sched_getaffinity(0))
    return ",".join(str(cpus[(first + place) % len(cpus)]) for place in range(workers + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """What one switch is told."""

    ports: tuple[tuple[int, str], ...]  # number and device
    cores: str
    huge_pages: bool = False
    poll: bool = False
    stepped_clock: bool = False
    eal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.ports:
            raise ValueError("the DPDK switch needs its ports when it starts")
        for number, device in self.ports:
            if not 0 < number < PORTS:
                raise ValueError(f"{number}={device}: ports have numbers from 1 up")

    def arguments(self, control: Path) -> list[str]:
        """The same in words."""
        return [*self._arguments(), "--control", str(control), *self._behind()]

    def _arguments(self) -> Iterator[str]:
        for number, device in self.ports:
            yield from ("--port", f"{number}={device}")
        yield from ("--cores", self.cores)
        if self.huge_pages:
            yield "--huge"
        if self.poll:
            yield "--poll"
        if self.stepped_clock:
            yield "--clock=stepped"

    def _behind(self) -> tuple[str, ...]:
        return ("--", *self.eal) if self.eal else ()
