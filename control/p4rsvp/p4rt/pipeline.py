"""The forwarding pipeline (7, 14, 15): which program runs, and which one waits to be committed.

A saved program has a data plane of its own from the start, with no ports. Reads and writes go to it
as 14 wants ("must refer to fields in the new config"), and COMMIT gives it the ports: that is the
replay of the writes since the save, done ahead.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from finsy.proto import p4r

from p4rsvp.dataplane.control import DataPlane
from p4rsvp.dataplane.device import Device
from p4rsvp.dataplane.errors import ControlError, Status, Unsupported
from p4rsvp.p4rt.reconcile import carry_over
from p4rsvp.p4rt.schema import Schema
from p4rsvp.p4rt.sound import Sound

_Action = p4r.SetForwardingPipelineConfigRequest.Action
_Response = p4r.GetForwardingPipelineConfigRequest.ResponseType


class Program(NamedTuple):
    """A config, what the server made of its P4Info, and what the device made of the rest."""

    config: p4r.ForwardingPipelineConfig
    schema: Schema
    plane: DataPlane


class Pipeline:
    """The programs of one device."""

    def __init__(self, device: Device) -> None:
        self._device: Final = device
        self.running: Program | None = None
        self.saved: Program | None = None

    def load(self, request: p4r.SetForwardingPipelineConfigRequest) -> Program | None:
        """Verify what a request brings; may take long. COMMIT brings nothing."""
        given = request.HasField("config")
        if request.action == _Action.COMMIT:
            if given:
                raise ControlError(Status.INVALID_ARGUMENT, "config: COMMIT takes the saved one")
            return None
        if request.action not in _Action.values() or request.action == _Action.UNSPECIFIED:
            raise ControlError(Status.INVALID_ARGUMENT, f"action {request.action} is unknown")
        if not given:
            raise ControlError(Status.INVALID_ARGUMENT, "config is missing")
        return self.make(request.config)

    def make(self, config: p4r.ForwardingPipelineConfig) -> Program:
        """Realize a config beside the one that runs."""
        try:
            schema = Schema(config.p4info)
            plane = self._device.load(config.p4info, config.p4_device_config)
        except (Unsupported, ValueError) as error:
            raise ControlError(
                Status.INVALID_ARGUMENT, f"config cannot be realized: {error}"
            ) from error
        return Program(config, schema, plane)

    def settle(self, action: int, program: Program | None) -> None:
        """Do with a verified program what the action says."""
        if program is None:
            if self.saved is None:
                raise ControlError(Status.NOT_FOUND, "no config is saved that could be committed")
            self.commit(self.saved)
        elif action == _Action.VERIFY_AND_SAVE:
            self.saved = program
        elif action == _Action.VERIFY_AND_COMMIT:
            self.commit(program)
        elif action == _Action.RECONCILE_AND_COMMIT:
            if self.running is not None:
                carry_over(self.running.plane, self.running.schema, program.plane, program.schema)
            self.commit(program)

    def commit(self, program: Program) -> None:
        """Let a program run."""
        self._device.run(program.plane)
        self.running, self.saved = program, None

    def current(self) -> Program:
        """Give the program that reads and writes refer to."""
        program = self.saved or self.running
        if program is None:
            raise ControlError(
                Status.FAILED_PRECONDITION, "no forwarding pipeline config is set for this device"
            )
        return program

    def read_sound(self, data: bytes) -> Sound | None:
        """Read a serialised WriteRequest without protobuf, if it is of the common kind."""
        program = self.saved or self.running
        return program.schema.sound_writes.read(data) if program else None

    def describe(self, response_type: int) -> p4r.GetForwardingPipelineConfigResponse:
        """Answer which config the device has (15)."""
        response = p4r.GetForwardingPipelineConfigResponse()
        if response_type not in _Response.values():
            raise ControlError(Status.INVALID_ARGUMENT, f"response_type {response_type} is unknown")
        program = self.saved or self.running
        if program is None:
            return response
        config = program.config
        response.config.SetInParent()
        if config.HasField("cookie"):
            response.config.cookie.CopyFrom(config.cookie)
        if response_type in {_Response.ALL, _Response.P4INFO_AND_COOKIE}:
            response.config.p4info.CopyFrom(config.p4info)
        if response_type in {_Response.ALL, _Response.DEVICE_CONFIG_AND_COOKIE}:
            response.config.p4_device_config = config.p4_device_config
        return response
