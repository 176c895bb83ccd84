"""What a controller says on its StreamChannel (16): arbitration, packets out, digest acks.

A wrong arbitration ends the stream (5.4); anything else that is wrong is answered by a StreamError
(16.6) and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from finsy.proto import p4r

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.arbitration import Arbitration, Notice
from p4rsvp.p4rt.pipeline import Pipeline, Program
from p4rsvp.p4rt.streams import Stream


def send(notices: Iterable[Notice[Stream]]) -> None:
    """Send notifications of the arbitration, in their order."""
    for notice in notices:
        notice.client.tell(notice.message)


class Channel:
    """Carries out stream messages of one device."""

    def __init__(self, arbitration: Arbitration[Stream], pipeline: Pipeline) -> None:
        self._arbitration: Final = arbitration
        self._pipeline: Final = pipeline

    def take(self, stream: Stream, message: p4r.StreamMessageRequest) -> None:
        """Carry out one message; ControlError is the end of the stream."""
        kind = message.WhichOneof("update")
        if kind == "arbitration":
            send(self._arbitration.update(stream, message.arbitration))
            return
        try:
            if kind == "packet":
                self._packet_out(self._program(stream), message.packet)
            elif kind == "digest_ack":
                self._digest_ack(self._program(stream), message.digest_ack)
            else:
                raise ControlError(Status.UNIMPLEMENTED, f"stream message {kind or '(empty)'}")
        except ControlError as error:
            stream.offer(partial(_stream_error, message, error))

    def _program(self, stream: Stream) -> Program:
        """Check that a stream may do more than arbitrate."""
        if not self._arbitration.is_primary(stream):
            raise ControlError(Status.PERMISSION_DENIED, "this stream is not the primary's")
        if self._pipeline.running is None:
            raise ControlError(Status.FAILED_PRECONDITION, "no forwarding pipeline config runs")
        return self._pipeline.running

    @staticmethod
    def _packet_out(program: Program, message: p4r.PacketOut) -> None:
        try:
            metadata = program.schema.packet_out.decode(message.metadata)
        except ControlError as error:  # 16.6: whatever is wrong with it, its metadata is invalid
            raise ControlError(Status.INVALID_ARGUMENT, error.sentence) from error
        program.plane.packet_out(message.payload, metadata)

    @staticmethod
    def _digest_ack(program: Program, message: p4r.DigestListAck) -> None:
        program.schema.digests.name(message.digest_id)
        program.plane.ack_digest(message.digest_id, message.list_id)


def _stream_error(
    message: p4r.StreamMessageRequest, error: ControlError
) -> p4r.StreamMessageResponse:
    """Say what was wrong with which message (16.6)."""
    answer = p4r.StreamError(canonical_code=error.status, message=error.sentence)
    if message.HasField("packet"):
        answer.packet_out.packet_out.CopyFrom(message.packet)
    elif message.HasField("digest_ack"):
        answer.digest_list_ack.digest_list_ack.CopyFrom(message.digest_ack)
    else:
        answer.other.SetInParent()
        if message.HasField("other"):
            answer.other.other.CopyFrom(message.other)
    return p4r.StreamMessageResponse(error=answer)
