"""A P4Runtime controller for tests: finsy's entities over blocking calls.

finsy's own session is asynchronous; a test that asks, waits and compares reads better without.
"""

import itertools
import queue
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import grpc
from finsy import P4CounterEntry, P4PacketIn, P4PacketOut, P4Schema
from finsy.proto import p4r, p4r_grpc

from p4rsvp.target.artefacts import Program
from p4rsvp.target.numbers import PuntReason, ServiceClass
from packet.target import DEVICE_ID

TIMEOUT_S = 20.0
LOAD_TIMEOUT_S = 120.0  # a switch may have to compile the program, on a busy machine
ELECTION_ID = p4r.Uint128(high=0, low=1)


class Punt(NamedTuple):
    """A packet-in."""

    port: int
    interface: int
    reason: PuntReason
    frame: bytes


class Controller:
    """The primary controller of one switch; loads the program and writes entities."""

    def __init__(self, address: str, program: Program) -> None:
        self.schema = P4Schema(*program)
        self._channel = grpc.insecure_channel(address)
        grpc.channel_ready_future(self._channel).result(TIMEOUT_S)
        self._stub = p4r_grpc.P4RuntimeStub(self._channel)
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._arbitrations: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._punts: queue.SimpleQueue[Punt] = queue.SimpleQueue()
        self._stream = self._stub.StreamChannel(iter(self._requests.get, None))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._become_primary()
        self._load()

    def write(self, updates: Iterable[Any]) -> None:
        """Write these finsy updates (+insert, ~modify, -delete) in one request."""
        messages = [update.encode_update(self.schema) for update in updates]
        self._stub.Write(
            p4r.WriteRequest(device_id=DEVICE_ID, election_id=ELECTION_ID, updates=messages),
            timeout=TIMEOUT_S,
        )

    def packets(self, counter: str, cell: int) -> int:
        """The packets that this cell of a counter array counted."""
        return self.counted(counter, cell).packet_count

    def counted(self, counter: str, cell: int) -> P4CounterEntry:
        """What this cell of a counter array counted, packets and bytes."""
        (entry,) = self.read_counters([(counter, cell)])
        return entry

    def read_counters(self, cells: Iterable[tuple[str, int]]) -> list[P4CounterEntry]:
        """What each of these cells counted, in one request."""
        asked = [P4CounterEntry(name, index=cell).encode(self.schema) for name, cell in cells]
        request = p4r.ReadRequest(device_id=DEVICE_ID, entities=asked)
        answers: Sequence[p4r.ReadResponse] = list(self._stub.Read(request, timeout=TIMEOUT_S))
        entities = itertools.chain.from_iterable(answer.entities for answer in answers)
        return [P4CounterEntry.decode(entity, self.schema) for entity in entities]

    def send(self, port: int, frame: bytes, service_class: ServiceClass) -> None:
        """Packet-out."""
        packet = P4PacketOut(frame, egress_port=port, service_class=int(service_class))
        self._requests.put(packet.encode_update(self.schema))

    def next_punt(self, timeout_s: float = TIMEOUT_S) -> Punt:
        """The next packet-in, in the order of arrival; raises queue.Empty."""
        return self._punts.get(timeout=timeout_s)

    def close(self) -> None:
        """Leave the switch."""
        self._requests.put(None)
        self._stream.cancel()
        self._reader.join(TIMEOUT_S)
        self._channel.close()

    def _become_primary(self) -> None:
        arbitration = p4r.MasterArbitrationUpdate(device_id=DEVICE_ID, election_id=ELECTION_ID)
        self._requests.put(p4r.StreamMessageRequest(arbitration=arbitration))
        status = self._arbitrations.get(timeout=TIMEOUT_S).status.code
        assert status == grpc.StatusCode.OK.value[0], f"not the primary controller: {status}"

    def _load(self) -> None:
        config = self.schema.get_pipeline_config()
        action = p4r.SetForwardingPipelineConfigRequest.VERIFY_AND_COMMIT
        self._stub.SetForwardingPipelineConfig(
            p4r.SetForwardingPipelineConfigRequest(
                device_id=DEVICE_ID, election_id=ELECTION_ID, action=action, config=config
            ),
            timeout=LOAD_TIMEOUT_S,
        )

    def _read(self) -> None:
        with suppress(grpc.RpcError):  # the stream ends when the switch or close() ends it
            for message in self._stream:
                if message.HasField("arbitration"):
                    self._arbitrations.put(message.arbitration)
                elif message.HasField("packet"):
                    self._punts.put(self._punt(message))

    def _punt(self, message: p4r.StreamMessageResponse) -> Punt:
        packet = P4PacketIn.decode(message, self.schema)
        return Punt(
            packet["ingress_port"],
            packet["interface"],
            PuntReason(packet["reason"]),
            packet.payload,
        )
