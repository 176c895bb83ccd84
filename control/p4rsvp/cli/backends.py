"""What `p4rsvp switch` can put behind its P4Runtime server: the embedded switch, or DPDK's."""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from p4rsvp.dataplane.errors import ControlError
from p4rsvp.dpdk import process
from p4rsvp.dpdk.command import CommandLine, cores_for, device_of
from p4rsvp.dpdk.device import DpdkDevice
from p4rsvp.softswitch.links import Links
from p4rsvp.softswitch.operating import SwitchOperator
from p4rsvp.softswitch.service import SwitchDevice
from p4rsvp.target.artefacts import PSA, Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from p4rsvp.dataplane.device import Device
    from p4rsvp.dataplane.operating import Operated


class Backend(ABC):
    """A switch for as long as the command runs."""

    device: Device
    operated: Operated
    program: Program | None  # what it starts with

    @abstractmethod
    def stop(self) -> None:
        """End it."""


class Softswitch(Backend):
    """The embedded switch, in this process."""

    def __init__(self, options: dict[str, Any]) -> None:
        for name in ("cores", "eal", "huge", "poll"):
            if options[name]:
                raise click.UsageError(f"--{name} is for --backend dpdk")
        links = Links(dict(options["rates"]), dict(options["faults"]), options["seed"])
        self.device: SwitchDevice = SwitchDevice(
            options["ports"],
            workers=options["workers"],
            cpu_port=options["cpu_port"],
            prepare=links.prepare,
        )
        self.operated = SwitchOperator(self.device, links)
        given = options["p4info"], options["json_file"]
        self.program = Program(*given) if all(given) else None

    def stop(self) -> None:
        self.device.stop()


class Dpdk(Backend):
    """p4rsvp-dpdk, a process that lives as long as this one."""

    def __init__(self, options: dict[str, Any], lost: Callable[[str], None]) -> None:
        """Start it; `lost` is called, from some thread, when it has gone."""
        if options["faults"]:
            raise click.UsageError("--fault is for the embedded switch")
        given = options["p4info"], options["json_file"]
        program = self.program = Program(*given) if all(given) else PSA
        binary = process.find_binary()
        if binary is None:
            message = f"{process.NAME} is neither on the PATH nor built here; see docs/dpdk.md"
            raise click.ClickException(message)
        try:
            command = _command(options)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        with ExitStack() as stack:
            try:
                running = process.DpdkProcess(binary, command.arguments)
                stack.callback(running.stop)
                self.device: DpdkDevice = DpdkDevice(running.control, *program, lost)
                stack.callback(self.device.close)
                self.operated = self.device
                for port, rate_bits_per_s in options["rates"]:
                    self.device.shape(port, rate_bits_per_s)
            except ControlError as error:
                raise click.ClickException(error.sentence) from error
            except ValueError as error:
                raise click.UsageError(str(error)) from error
            self._stack = stack.pop_all()
        running.watch(lost)

    def stop(self) -> None:
        self._stack.close()


def _command(options: dict[str, Any]) -> CommandLine:
    return CommandLine(
        ports=tuple((spec.port, device_of(spec.target)) for spec in options["ports"]),
        cores=options["cores"] or cores_for(options["workers"]),
        huge_pages=options["huge"],
        poll=options["poll"],
        eal=tuple(shlex.split(options["eal"])),
    )
