"""Ids, sizes and numbers of the P4 program are promises: a change breaks controllers.

golden.txt may grow. A line of it that changes needs a new id instead.
"""

from enum import IntEnum, IntFlag

import pytest

from p4rsvp.dataplane.p4info import read_p4info
from p4rsvp.target import numbers
from tests.p4 import program


def test_every_id_and_size_is_the_golden_one() -> None:
    assert program.listing() == program.GOLDEN.read_text()


def test_every_id_of_the_compiled_program_stands_in_the_list_of_ids() -> None:
    info = program.p4info()
    used = {
        thing.preamble.id
        for things in (info.tables, info.actions, info.counters, info.meters)
        for thing in things
    }
    assert used == set(program.defines("ids.p4").values())


def test_no_id_is_given_twice() -> None:
    ids = list(program.defines("ids.p4").values())
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("alias", "least"),
    [
        ("reservation_meter", 65_536),
        ("ipv4_five_tuple", 65_536),
        ("ipv4_any_source", 65_536),
        ("ipv6_five_tuple", 16_384),
        ("ipv6_flow_label", 16_384),
        ("ipv4_routes", 16_384),
        ("ipv6_routes", 16_384),
    ],
)
def test_the_promised_sizes_are_kept(alias: str, least: int) -> None:
    info = program.p4info()
    sizes = {t.preamble.alias: t.size for things in (info.tables, info.meters) for t in things}
    assert sizes[alias] >= least


def test_four_thousand_groups_have_their_two_replication_lists() -> None:
    lists = program.p4info().pkg_info.platform_properties.multicast_group_table_size
    assert lists >= 2 * 4096


def test_the_meter_of_reservations_asks_for_bytes_on_the_wire() -> None:
    asks = {one.name: one.on_wire for one in read_p4info(program.p4info()).meters.values()}
    assert asks == {
        "RouterIngress.Policer.reservation_meter": True,
        "RouterIngress.ToController.punt_meter": False,
    }


def test_another_kind_of_byte_is_refused_by_the_name_of_the_meter() -> None:
    info = type(program.p4info())()
    info.CopyFrom(program.p4info())
    (annotation,) = info.meters[0].preamble.structured_annotations
    annotation.expression_list.expressions[0].string_value = "mile"
    with pytest.raises(ValueError, match=r"reservation_meter: @bytes_on.*mile"):
        read_p4info(info)


def test_p4info_and_json_are_of_one_program() -> None:
    tables = {table.preamble.name: table.size for table in program.p4info().tables}
    compiled = {
        table["name"]: table["max_size"]
        for pipeline in program.bmv2_json()["pipelines"]
        for table in pipeline["tables"]
    }
    assert tables.items() <= compiled.items()


@pytest.mark.parametrize(
    "enum",
    [numbers.ServiceClass, numbers.PuntReason, numbers.DropReason],
)
def test_the_controller_and_the_program_number_alike(enum: type[IntEnum]) -> None:
    assert {member.name: member.value for member in enum} == program.enumerations()[enum.__name__]


@pytest.mark.parametrize(
    ("prefix", "enum"),
    [
        ("SHAPE_", numbers.Shape),
        ("PUNT_KIND_", numbers.PuntKind),
        ("", numbers.Verdict),
        ("", numbers.Colour),
    ],
)
def test_the_controller_and_the_program_name_alike(
    prefix: str, enum: type[IntEnum | IntFlag]
) -> None:
    constants = program.constants()
    members = enum.__members__
    assert {name: constants[prefix + name] for name in members} == {
        name: member.value for name, member in members.items()
    }


@pytest.mark.parametrize(
    "name",
    [
        "CPU_PORT",
        "REPLICATION_PORT",
        "REPLICATION_INTERFACE",
        "NO_RESERVATION",
        "QUEUE_BEST_EFFORT",
        "QUEUE_NETWORK_CONTROL",
    ],
)
def test_the_special_numbers_are_the_same_on_both_sides(name: str) -> None:
    assert getattr(numbers, name) == program.constants()[name]


def test_an_array_has_a_cell_for_all_that_can_index_it() -> None:
    sizes = program.defines("sizes.p4")
    ports = sizes["PORTS"]
    assert sizes["RESERVATION_CELLS"] == numbers.reservation_cell(
        sizes["RESERVATIONS"], numbers.Verdict(0)
    )
    assert sizes["REASON_CELLS"] == numbers.drop_cell(ports, numbers.DropReason(0))
    assert sizes["REASON_CELLS"] == numbers.punt_cell(ports, numbers.PuntReason(0))
    assert sizes["PORT_CLASS_CELLS"] == numbers.port_class_cell(ports, numbers.ServiceClass(0))
    assert sizes["PUNT_METER_CELLS"] == numbers.punt_meter_cell(ports, numbers.PuntKind(0))
