"""What a client of the API or of P4Runtime sends: requests as bytes, carried out.

The first byte chooses: a TearDown for a router that holds something, or a WriteRequest or an entity
to be read for a switch. Each is refused by its own exception or leaves everything whole.
"""

from finsy.proto import p4r
from google.protobuf.message import DecodeError

from p4rsvp.dataplane.entities import Atomicity
from p4rsvp.dataplane.errors import ControlError
from p4rsvp.northbound.clearing import NothingThereError, wanted
from p4rsvp.northbound.v1 import router_pb2 as pb
from p4rsvp.p4rt import reads, writes
from p4rsvp.wire.style import FF
from tests.engine.rig import S1, UNI, Rig, want
from tests.p4rt.test_fuzz_writes import battered, existing, serialised

_API, _WRITE, _READ = 0, 1, 2
SEEDS = {
    **{
        f"clear {number}": bytes((_API,)) + request.SerializeToString()
        for number, request in enumerate(
            (
                pb.TearDownRequest(),
                pb.TearDownRequest(session="10.9.0.9/17:5000", sender="10.8.0.1 port 7001"),
                pb.TearDownRequest(interface=2, scope=pb.TearDownRequest.SCOPE_RESERVATIONS),
                pb.TearDownRequest(neighbor="10.0.1.9"),
            )
        )
    },
    **{
        f"write {number}": bytes((_WRITE,))
        + p4r.WriteRequest(updates=[p4r.Update.FromString(one)]).SerializeToString()
        for number, one in enumerate(serialised())
    },
    **{
        f"read {number}": bytes((_READ,)) + p4r.Update.FromString(one).entity.SerializeToString()
        for number, one in enumerate(serialised())
    },
}


def one_input(data: bytes) -> None:
    if data:
        (_clear, _write, _read)[data[0] % 3](data[1:])


def _clear(data: bytes) -> None:
    rig = Rig()
    rig.path(S1, session=UNI)
    rig.resv(FF, want(1, S1), session=UNI)
    try:
        event = wanted(rig.node, pb.TearDownRequest.FromString(data))
    except (DecodeError, NothingThereError):
        return
    rig.happens(event)


def _write(data: bytes) -> None:
    made = battered()
    try:
        updates = p4r.WriteRequest.FromString(data).updates
    except DecodeError:
        return
    before = existing(made)
    outcome = writes.apply(made.plane, made.schema, updates, Atomicity.ROLLBACK_ON_ERROR)
    assert all(one is None or isinstance(one, ControlError) for one in outcome)
    if any(outcome):
        assert existing(made) == before, "what has failed has changed something"


def _read(data: bytes) -> None:
    made = battered()
    try:
        entity = p4r.Entity.FromString(data)
    except DecodeError:
        return
    findings, outcome = reads.snapshot(made.plane, made.schema, [entity])
    assert all(one is None or isinstance(one, ControlError) for one in outcome)
    for message in reads.messages(findings, 100):
        message.SerializeToString()
