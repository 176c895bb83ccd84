"""The P4Runtime service of one device, on one asyncio event loop.

A Write runs from the check of its election id to its last update without giving up the loop. So no
write is ever under way when the primary changes, which is all that 5.4 asks for, and writes are
serialised as 12.1 wants. `_exclusive` keeps them apart from what does take time: the snapshot of a
read, the change of the program. The threaded server of grpcio was not faster (both took 700 to 1100
microseconds for a request of 500 entries), and would need a lock for each of these.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, NoReturn, TypeAlias

import grpc
from finsy.proto import p4r
from google.protobuf.message import DecodeError

from p4rsvp.dataplane.device import Device
from p4rsvp.dataplane.entities import Atomicity
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt import reads, writes
from p4rsvp.p4rt.arbitration import Arbitration
from p4rsvp.p4rt.channel import Channel, send
from p4rsvp.p4rt.limits import Limits
from p4rsvp.p4rt.notifications import Notifications
from p4rsvp.p4rt.pipeline import Pipeline, Program
from p4rsvp.p4rt.roles import Scope
from p4rsvp.p4rt.statuses import DETAILS, batch_status, code_of
from p4rsvp.p4rt.streams import Stream
from p4rsvp.security.roles import Names, Role, refusal, role_of

API_VERSION: Final = "1.4.0"
EVERYBODY: Final = Names()

Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]


class P4RuntimeService:
    """All RPCs; has to be made on the event loop that serves them."""

    def __init__(
        self, device: Device, device_id: int, limits: Limits, names: Names = EVERYBODY
    ) -> None:
        self.pipeline: Final = Pipeline(device)
        self._device_id = device_id
        self._limits = limits
        self._names = names
        self._arbitration: Arbitration[Stream] = Arbitration(device_id, limits.streams_per_role)
        self._channel = Channel(self._arbitration, self.pipeline)
        self._streams: set[Stream] = set()
        self._notifications: Notifications | None = None
        self._exclusive = asyncio.Lock()
        self._configuring = asyncio.Lock()

    async def Write(  # noqa: N802 (the names are the RPCs')
        self, request: bytes, context: Context
    ) -> p4r.WriteResponse:
        """12: carry out a batch of updates, given as bytes."""
        await self._demand(Role.OPERATE, context)
        try:
            async with self._exclusive:
                outcome = self._write(request)
        except ControlError as error:
            await _abort(context, error)
        if any(outcome):
            await _abort_batch(context, outcome, "updates")
        return p4r.WriteResponse()

    def _write(self, data: bytes) -> writes.Outcome:
        """Carry out a request, its updates read by the kernel if they are of the common kind."""
        sound = self.pipeline.read_sound(data)
        try:
            request = p4r.WriteRequest.FromString(data if sound is None else sound.rest)
        except DecodeError as error:
            raise ControlError(Status.INVALID_ARGUMENT, "this is no WriteRequest") from error
        scope = self._check_primary(request)
        program = self.pipeline.current()
        if request.atomicity not in p4r.WriteRequest.Atomicity.values():
            raise ControlError(Status.INVALID_ARGUMENT, f"atomicity {request.atomicity} is unknown")
        atomicity = Atomicity(request.atomicity)
        if sound is not None and scope.ids is None:
            return program.plane.apply_rows(sound.rows, atomicity)
        updates = p4r.WriteRequest.FromString(data).updates if sound else request.updates
        allows = None if scope.ids is None else scope.allows
        return writes.apply(program.plane, program.schema, updates, atomicity, allows)

    async def Read(  # noqa: N802
        self, request: p4r.ReadRequest, context: Context
    ) -> AsyncIterator[p4r.ReadResponse]:
        """13: answer a batch of requests, in messages of bounded size."""
        await self._demand(Role.VIEW, context)
        try:
            self._check_device(request.device_id)
            async with self._exclusive:
                program = self.pipeline.current()
                findings, outcome = await asyncio.to_thread(
                    reads.snapshot, program.plane, program.schema, request.entities
                )
        except ControlError as error:
            await _abort(context, error)
        scope = self._arbitration.scope_of(request.role)
        allows = None if scope.ids is None else scope.allows
        for response in reads.messages(findings, self._limits.entities_per_response, allows):
            yield response
        if any(outcome):
            await _abort_batch(context, outcome, "requests")

    async def SetForwardingPipelineConfig(  # noqa: N802
        self, request: p4r.SetForwardingPipelineConfigRequest, context: Context
    ) -> p4r.SetForwardingPipelineConfigResponse:
        """14: verify, save, commit or reconcile a program; what runs goes on until the end."""
        await self._demand(Role.OPERATE, context)
        try:
            async with self._configuring:
                self._check_pusher(request)
                program = await asyncio.to_thread(self.pipeline.load, request)
                async with self._exclusive:
                    self._check_pusher(request)  # a compilation takes its time
                    await asyncio.to_thread(self.pipeline.settle, request.action, program)
                    self._listen()
        except ControlError as error:
            await _abort(context, error)
        return p4r.SetForwardingPipelineConfigResponse()

    async def GetForwardingPipelineConfig(  # noqa: N802
        self, request: p4r.GetForwardingPipelineConfigRequest, context: Context
    ) -> p4r.GetForwardingPipelineConfigResponse:
        """15: tell which program the device has."""
        await self._demand(Role.VIEW, context)
        try:
            self._check_device(request.device_id)
            return self.pipeline.describe(request.response_type)
        except ControlError as error:
            await _abort(context, error)

    async def StreamChannel(  # noqa: N802
        self,
        request_iterator: AsyncIterator[p4r.StreamMessageRequest],
        context: Context,
    ) -> None:
        """16: a controller's session, as long as its stream is open."""
        await self._demand(Role.OPERATE, context)
        if len(self._streams) >= self._limits.streams:
            reason = f"{self._limits.streams} streams are open, which is the limit"
            await _abort(context, ControlError(Status.RESOURCE_EXHAUSTED, reason))
        stream = Stream(self._limits.waiting_notifications)
        self._streams.add(stream)
        pump = asyncio.create_task(stream.pump(context))
        try:
            end = await self._converse(stream, request_iterator)
            # To its end, and not cancelled: a message that is abandoned half sent keeps the status
            # of the stream from ever being sent.
            stream.close()
            await pump
        finally:
            pump.cancel()
            self._streams.discard(stream)
        if end is not None:
            await _abort(context, end)

    async def _converse(
        self, stream: Stream, requests: AsyncIterator[p4r.StreamMessageRequest]
    ) -> ControlError | None:
        """Carry out what a controller says until it ends, or says what ends its session."""
        try:
            async for message in requests:
                self._channel.take(stream, message)
        except ControlError as error:
            return error
        finally:
            send(self._arbitration.leave(stream))
        return None

    async def Capabilities(  # noqa: N802
        self, request: p4r.CapabilitiesRequest, context: Context
    ) -> p4r.CapabilitiesResponse:
        """17: tell the version of the API."""
        await self._demand(Role.VIEW, context)
        if request.device_id:
            try:
                self._check_device(request.device_id)
            except ControlError as error:
                await _abort(context, error)
        return p4r.CapabilitiesResponse(p4runtime_api_version=API_VERSION)

    async def _demand(self, role: Role, context: Context) -> None:
        """End the call unless its client may do this; roles of P4Runtime (5) come on top."""
        if self._names != EVERYBODY and role_of(self._names, context.auth_context()) < role:
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, refusal(role))

    def start(self, program: Program) -> None:
        """Let a program run that did not come by an RPC."""
        self.pipeline.commit(program)
        self._listen()

    def stop(self) -> None:
        """Let go of the data plane."""
        if self._notifications is not None:
            self._notifications.ignore()
            self._notifications = None

    def _listen(self) -> None:
        running = self.pipeline.running
        if running is None or (self._notifications and self._notifications.program is running):
            return
        self.stop()
        limit = self._limits.waiting_notifications
        self._notifications = Notifications(running, self._arbitration, limit)
        self._notifications.listen()

    def _check_device(self, device_id: int) -> None:
        if device_id != self._device_id:
            raise ControlError(
                Status.NOT_FOUND, f"device_id {device_id}: this device is {self._device_id}"
            )

    def _check_primary(
        self, request: p4r.WriteRequest | p4r.SetForwardingPipelineConfigRequest
    ) -> Scope:
        self._check_device(request.device_id)
        election_id = request.election_id if request.HasField("election_id") else None
        return self._arbitration.check_primary(request.role, election_id)

    def _check_pusher(self, request: p4r.SetForwardingPipelineConfigRequest) -> None:
        if not self._check_primary(request).pipeline:
            raise ControlError(
                Status.PERMISSION_DENIED, f"role '{request.role}' may not set the pipeline"
            )


async def _abort(context: Context, error: ControlError) -> NoReturn:
    """End an RPC with an error of its own (12.3: without details)."""
    await context.abort(code_of(error.status), error.sentence)


async def _abort_batch(context: Context, outcome: writes.Outcome, what: str) -> NoReturn:
    """End an RPC of which some elements failed."""
    status = batch_status(outcome, what)
    details = ((DETAILS, status.SerializeToString()),)
    await context.abort(grpc.StatusCode.UNKNOWN, status.message, details)
