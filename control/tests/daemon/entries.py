"""What a switch holds, read by a P4Runtime client that is no daemon of ours."""

from __future__ import annotations

from typing import Any

import grpc
from finsy.proto import p4i, p4r, p4r_grpc
from google.protobuf import text_format
from packet.target import DEVICE_ID

from p4rsvp.target.artefacts import P4INFO

PATIENCE_S = 20.0


def _ids() -> dict[str, int]:
    info: Any = p4i.P4Info()
    text_format.Parse(P4INFO.read_text(), info)
    return {one.preamble.alias: one.preamble.id for one in (*info.tables, *info.counters)}


IDS = _ids()


def _read(address: str, entity: p4r.Entity) -> list[p4r.Entity]:
    with grpc.insecure_channel(address) as channel:
        stub: Any = p4r_grpc.P4RuntimeStub(channel)
        request = p4r.ReadRequest(device_id=DEVICE_ID, entities=[entity])
        answers = stub.Read(request, timeout=PATIENCE_S)
        return [one for answer in answers for one in answer.entities]


def filters(address: str, table: str = "ipv4_five_tuple") -> int:
    """How many entries a table has."""
    entity = p4r.Entity(table_entry=p4r.TableEntry(table_id=IDS[table]))
    return len(_read(address, entity))


def packets(address: str, counter: str, index: int) -> int:
    """What a cell of a counter has counted."""
    entry = p4r.CounterEntry(counter_id=IDS[counter], index=p4r.Index(index=index))
    (found,) = _read(address, p4r.Entity(counter_entry=entry))
    return int(found.counter_entry.data.packet_count)
