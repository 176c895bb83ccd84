"""The data plane in front of the real switch: what a controller is answered, and finds again."""

import numpy as np
import pytest
from finsy.proto import p4i
from google.protobuf import text_format

from p4rsvp.dataplane.entities import (
    Action,
    Atomicity,
    CounterData,
    CounterEntry,
    Entity,
    MeterConfig,
    MeterEntry,
    MulticastGroup,
    Replica,
    TableEntry,
    Update,
    UpdateType,
)
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.dpdk.device import DpdkDevice
from p4rsvp.dpdk.plane import DpdkPlane
from p4rsvp.target.artefacts import PSA

INSERT, MODIFY, DELETE = UpdateType


@pytest.fixture
def plane(device: DpdkDevice) -> DpdkPlane:
    """A data plane with nothing written."""
    info = text_format.Parse(PSA.p4info.read_text(), p4i.P4Info())
    made = device.load(info, PSA.device_config.read_bytes())
    device.run(made)
    return made


def table(plane: DpdkPlane, name: str) -> int:
    return next(i for i, t in plane.forms.info.tables.items() if t.name.endswith(f".{name}"))


def action(plane: DpdkPlane, name: str) -> int:
    return next(i for i, a in plane.forms.info.actions.items() if a.name.endswith(f".{name}"))


def route(plane: DpdkPlane, network: int, next_hop: int = 1, metadata: bytes = b"") -> TableEntry:
    match = ((network << 8, 24),)
    choice = Action(action(plane, "route"), (next_hop,))
    return TableEntry(table(plane, "ipv4_routes"), match, choice, metadata=metadata)


def filter_row(plane: DpdkPlane, kind: UpdateType, port: int) -> list[int]:
    match = (2, 0x0A000001, 17, port, 0x0A010001, 5000)
    reserve = action(plane, "reserve"), 7, 1
    return [kind, table(plane, "ipv4_five_tuple"), reserve[0], *match, *reserve[1:]]


def statuses(answers: list[ControlError | None]) -> list[Status]:
    return [Status.OK if answer is None else answer.status for answer in answers]


def entries(plane: DpdkPlane) -> list[Entity]:
    return list(plane.read(TableEntry(0)))


def test_each_update_is_answered_by_itself(plane: DpdkPlane) -> None:
    one, other = route(plane, 1), route(plane, 2)
    changes = [
        Update(INSERT, one),
        Update(INSERT, one),
        Update(MODIFY, other),
        Update(DELETE, other),
        Update(INSERT, other),
        Update(INSERT, TableEntry(1)),
    ]
    assert statuses(plane.apply(changes)) == [
        Status.OK,
        Status.ALREADY_EXISTS,
        Status.NOT_FOUND,
        Status.NOT_FOUND,
        Status.OK,
        Status.NOT_FOUND,
    ]
    assert entries(plane) == [one, other]


@pytest.mark.parametrize("atomicity", [Atomicity.ROLLBACK_ON_ERROR, Atomicity.DATAPLANE_ATOMIC])
def test_of_a_write_that_is_whole_or_nothing_one_fault_undoes_all(
    plane: DpdkPlane, atomicity: Atomicity
) -> None:
    plane.apply([Update(INSERT, route(plane, 1))])
    changes = [
        Update(MODIFY, route(plane, 1, next_hop=9)),
        Update(INSERT, route(plane, 2)),
        Update(INSERT, route(plane, 1)),
    ]
    answers = statuses(plane.apply(changes, atomicity))
    assert answers == [Status.ABORTED, Status.ABORTED, Status.ALREADY_EXISTS]
    assert entries(plane) == [route(plane, 1)]


def test_rows_are_answered_row_by_row_and_read_as_entries(plane: DpdkPlane) -> None:
    rows = [filter_row(plane, INSERT, port) for port in (1, 2, 2)]
    rows.append(filter_row(plane, DELETE, 3))
    answers = statuses(plane.apply_rows(np.array(rows, np.int64)))
    assert answers == [Status.OK, Status.OK, Status.ALREADY_EXISTS, Status.NOT_FOUND]
    ports = [entry.match[3] for entry in entries(plane) if isinstance(entry, TableEntry)]
    assert sorted(map(int, map(str, ports))) == [1, 2]


def test_metadata_stays_with_its_entry_and_goes_with_it(plane: DpdkPlane) -> None:
    plane.apply([Update(INSERT, route(plane, 1, metadata=b"mine"))])
    group = MulticastGroup(5, (Replica(1, 1), Replica(2, 2)), b"ours")
    plane.apply([Update(INSERT, group)])
    assert entries(plane) == [route(plane, 1, metadata=b"mine")]
    assert list(plane.read(MulticastGroup(0))) == [group]
    plane.apply([Update(DELETE, route(plane, 1)), Update(INSERT, route(plane, 1))])
    assert entries(plane) == [route(plane, 1)]


def test_one_entry_is_read_by_its_key(plane: DpdkPlane) -> None:
    plane.apply([Update(INSERT, route(plane, number)) for number in range(10)])
    assert list(plane.read(route(plane, 7))) == [route(plane, 7)]


def test_many_entries_take_several_pages_and_messages(plane: DpdkPlane) -> None:
    rows = [filter_row(plane, INSERT, port) for port in range(40_000)]
    assert not any(plane.apply_rows(np.array(rows, np.int64)))
    assert len(entries(plane)) == 40_000


def test_a_default_action_is_read_and_is_the_programs_for_ever(plane: DpdkPlane) -> None:
    number = table(plane, "verdicts")
    [before] = plane.read(TableEntry(number, is_default=True))
    other = TableEntry(number, action=Action(action(plane, "drop_excess")), is_default=True)
    assert isinstance(before, TableEntry)
    assert before.is_const
    assert before.action == Action(action(plane, "demote"))
    assert statuses(plane.apply([Update(MODIFY, other)])) == [Status.FAILED_PRECONDITION]
    assert list(plane.read(TableEntry(number, is_default=True))) == [before]


def test_cells_are_set_and_unset_and_end_somewhere(plane: DpdkPlane) -> None:
    meter = next(i for i, m in plane.forms.info.meters.items() if "reservation" in m.name)
    counter = next(i for i, c in plane.forms.info.counters.items() if c.name.endswith("traffic"))
    config = MeterEntry(meter, 3, MeterConfig(1000, 2000, 3000, 4000))
    counted = CounterEntry(counter, 9, CounterData(700, 5))
    assert plane.apply([Update(MODIFY, config), Update(MODIFY, counted)]) == [None, None]
    assert list(plane.read(MeterEntry(meter, 3))) == [config]
    assert list(plane.read(CounterEntry(counter, 9))) == [counted]
    plane.apply([Update(MODIFY, MeterEntry(meter, 3))])
    assert list(plane.read(MeterEntry(meter, 3))) == [MeterEntry(meter, 3)]
    beyond = MeterEntry(meter, plane.forms.info.meters[meter].size, config.config)
    assert statuses(plane.apply([Update(MODIFY, beyond)])) == [Status.OUT_OF_RANGE]


def test_a_program_that_is_committed_anew_begins_with_nothing(
    device: DpdkDevice, plane: DpdkPlane
) -> None:
    plane.apply([Update(INSERT, route(plane, 1, metadata=b"mine"))])
    device.run(plane)
    assert entries(plane) == []


def test_a_config_that_waits_for_its_commit_takes_nothing(
    device: DpdkDevice, plane: DpdkPlane
) -> None:
    info = text_format.Parse(PSA.p4info.read_text(), p4i.P4Info())
    saved = device.load(info, PSA.device_config.read_bytes())
    answers = statuses(saved.apply([Update(INSERT, route(plane, 1))]))
    assert answers == [Status.FAILED_PRECONDITION]
    assert entries(saved) == []


def test_another_program_is_refused(device: DpdkDevice) -> None:
    with pytest.raises(ValueError, match="not the program"):
        device.load(p4i.P4Info(), PSA.device_config.read_bytes())


def test_an_operator_shapes_ports_that_there_are(device: DpdkDevice) -> None:
    device.shape(2, 10_000_000)
    assert {port.port: port.rate_bytes_per_s for port in device.ports()} == {1: 0, 2: 1_250_000}
    device.shape(2, 0)
    with pytest.raises(ValueError, match="no port 3"):
        device.shape(3, 1)
    with pytest.raises(ValueError, match="loses all packets or none"):
        device.impair(1, {"loss": 0.5})
    device.impair(2, {"loss": 1.0, "delay": 0.0})
    assert [port.limit_bytes for port in device.ports() if port.port == 2] == [0]
    device.impair(2, {"loss": 0.0})
    assert [port.rate_bytes_per_s for port in device.ports()] == [0, 0]
    assert device.figures()["workers"] == 1
