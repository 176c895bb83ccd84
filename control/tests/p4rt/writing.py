"""What is written in tests of writes and reads, and what a refusal of it says."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from finsy.proto import p4r

from tests.p4rt import entries
from tests.p4rt.rig import Controller, details, id_of, update

CODES = {code.value[0]: code for code in grpc.StatusCode}
INVALID = grpc.StatusCode.INVALID_ARGUMENT
RANGE = grpc.StatusCode.OUT_OF_RANGE
DENIED = grpc.StatusCode.PERMISSION_DENIED
MISSING = grpc.StatusCode.NOT_FOUND
EXISTS = grpc.StatusCode.ALREADY_EXISTS
FULL = grpc.StatusCode.RESOURCE_EXHAUSTED
LACKING = grpc.StatusCode.UNIMPLEMENTED

COUNTER = p4r.CounterData(packet_count=1)
COLOURS = p4r.MeterCounterData(green=COUNTER)
IDLE = p4r.TableEntry.IdleTimeout(elapsed_ns=1)


def entry(alias: str, *match: p4r.FieldMatch, **fields: Any) -> p4r.TableEntry:
    return p4r.TableEntry(table_id=id_of(alias), match=match, **fields)


def act(alias: str, **params: bytes) -> p4r.TableAction:
    """An action with parameters p1, p2..."""
    made = p4r.Action(action_id=id_of(alias))
    for name, value in params.items():
        made.params.add(param_id=int(name[1:]), value=value)
    return p4r.TableAction(action=made)


GOOD = update("INSERT", table_entry=entries.route())
ALSO_GOOD = update("INSERT", table_entry=entries.route(0x0B000000))
MALFORMED = update("INSERT", table_entry=entries.route(0x0B000000, 40))
ABSENT = update("DELETE", table_entry=entries.route(0x0C000000))


def refusal(controller: Controller, *updates: p4r.Update, atomicity: int = 0) -> list[p4r.Error]:
    """The errors of a batch that fails."""
    with pytest.raises(grpc.RpcError) as refused:
        controller.write(*updates, atomicity=atomicity)
    error: Any = refused.value
    assert error.code() is grpc.StatusCode.UNKNOWN
    found = details(error)
    assert len(found) == len(updates)
    return found


def routes(controller: Controller) -> list[p4r.Entity]:
    return controller.read(table_entry=p4r.TableEntry(table_id=id_of("routes")))


def codes(errors: list[p4r.Error]) -> list[grpc.StatusCode]:
    return [CODES[error.canonical_code] for error in errors]
