from struct import pack

import pytest

from tests.capture.build import block, interface, option, packet, pcapng, read, section

PACKETS = (b"first packet", b"second", b"the third packet")


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_read(order: str) -> None:
    records, damages = read(pcapng(*PACKETS, order=order))
    assert [record.data for record in records] == list(PACKETS)
    assert [record.number for record in records] == [1, 2, 3]
    assert not damages


def test_a_second_section_may_have_the_other_byte_order_and_starts_without_interfaces() -> None:
    records, damages = read(pcapng(b"a", order="<") + pcapng(b"b", order=">"))
    assert [record.data for record in records] == [b"a", b"b"]
    assert not damages
    _, damages = read(pcapng(b"a") + section() + packet(b"b"))
    assert damages[0].sentence == "packet 2 names interface 0, which is not described"


@pytest.mark.parametrize(
    ("resolution", "units_per_s"), [(6, 10**6), (9, 10**9), (0, 1), (0x80 | 10, 2**10)]
)
def test_times_count_in_the_units_of_their_interface(resolution: int, units_per_s: int) -> None:
    clock = interface(options=option(9, bytes([resolution])))
    records, _ = read(section() + clock + packet(b"x", units=5 * units_per_s))
    assert records[0].time_ns == 5 * 10**9


def test_an_offset_of_the_clock_is_added() -> None:
    clock = interface(options=option(14, pack("<q", -3)))
    records, _ = read(section() + clock + packet(b"x", units=5_000_000))
    assert records[0].time_ns == 2 * 10**9


def test_options_end_where_they_say_so() -> None:
    clock = interface(options=option(0, b"") + option(9, b"\x00"))
    records, _ = read(section() + clock + packet(b"x", units=5_000_000))
    assert records[0].time_ns == 5 * 10**9


def test_each_interface_has_its_own_link_type() -> None:
    two = section() + interface(link_type=1) + interface(link_type=113)
    records, _ = read(two + packet(b"x", interface_id=1) + packet(b"y"))
    assert [record.link_type for record in records] == [113, 1]


def test_a_simple_packet_has_no_time_and_is_cut_to_the_snap_length() -> None:
    simple = block(3, pack("<I", 6) + b"abcdef")
    records, damages = read(section() + interface(snap=4) + simple)
    assert (records[0].time_ns, records[0].data) == (None, b"abcd")
    assert not damages


def test_the_packet_block_of_old_is_read() -> None:
    old = block(2, pack("<2H4I", 0, 9, 0, 7_000_000, 3, 3) + b"old")
    records, _ = read(section() + interface() + old)
    assert (records[0].time_ns, records[0].data) == (7 * 10**9, b"old")


def test_blocks_of_other_kinds_are_stepped_over() -> None:
    names, custom = block(4, b"\0" * 8), block(0x0BAD, b"private!")
    records, damages = read(section() + names + interface() + custom + packet(b"x"))
    assert [record.data for record in records] == [b"x"]
    assert not damages


def test_behind_a_block_with_two_lengths_the_next_one_is_found() -> None:
    liar = bytearray(packet(PACKETS[1]))
    liar[4:8] = (44).to_bytes(4, "little")
    data = section() + interface() + packet(PACKETS[0]) + bytes(liar) + packet(PACKETS[2])
    records, damages = read(data)
    assert [record.data for record in records] == [PACKETS[0], PACKETS[2]]
    assert str(damages[0]) == (
        "byte 92: a block claims 44 bytes and does not end as such a block would;"
        " went on with the next sound one, at byte 132"
    )


@pytest.mark.parametrize("length", [0, 1, 2, 3, 11, 13, 0xFFFF, 0xFFFFFFFF])
def test_no_length_of_a_block_hides_the_block_behind_it(length: int) -> None:
    liar = bytearray(packet(PACKETS[0]))
    liar[4:8] = liar[-4:] = length.to_bytes(4, "little")
    records, damages = read(section() + interface() + bytes(liar) + packet(PACKETS[1]))
    assert [record.data for record in records] == [PACKETS[1]]
    assert len(damages) == 1


def test_a_packet_longer_than_its_block_is_shown_and_reported() -> None:
    head = pack("<5I", 0, 0, 0, 100, 100)
    records, damages = read(section() + interface() + block(6, head + b"four"))
    assert [record.data for record in records] == [b"four"]
    assert damages[0].sentence == "packet 1 claims 100 bytes in a block that holds 4"


def test_a_block_too_short_for_its_kind_is_reported() -> None:
    records, damages = read(section() + interface() + block(6, b"tiny") + packet(b"x"))
    assert [record.data for record in records] == [b"x"]
    assert damages[0].sentence == "a block of type 6 is too short, with a body of 4 bytes"


def test_a_section_without_a_byte_order_mark_is_reported() -> None:
    headless = block(0x0A0D0D0A, b"\0" * 16)
    _, damages = read(headless + interface())
    assert "without a byte-order mark" in damages[0].sentence


def test_a_file_that_ends_inside_a_packet_shows_what_there_is_of_it() -> None:
    records, damages = read(pcapng(*PACKETS)[:-8])
    assert [record.data for record in records] == [*PACKETS[:2], b"the third pa"]
    assert "the file ends inside a block of 48 bytes, after 40" in damages[0].sentence


@pytest.mark.parametrize("count", range(4, len(pcapng(*PACKETS))))
def test_every_truncation_is_reported_and_keeps_the_packets_before_it(count: int) -> None:
    records, damages = read(pcapng(*PACKETS)[:count])
    assert bool(damages) == (count not in {28, 48, 92, 132})
    whole = sum(end <= count for end in (92, 132))
    assert [record.data for record in records[:whole]] == list(PACKETS[:whole])
    assert len(records) <= whole + 1


def test_a_long_block_of_another_kind_is_stepped_over() -> None:
    secrets = block(10, bytes(3_000_000))
    records, damages = read(section() + interface() + secrets + packet(b"x"))
    assert [record.data for record in records] == [b"x"]
    assert not damages


def test_damage_after_damage_is_read_in_linear_time() -> None:
    # Each liar claims all the rest of the file.
    sound = packet(b"4567")
    count = 5_000
    parts = [section(), interface()]
    for left in range(count, 0, -1):
        liar = bytearray(sound)
        liar[4:8] = (2 * left * len(sound)).to_bytes(4, "little")
        parts += [bytes(liar), sound]
    records, damages = read(b"".join(parts) + b"end!")
    assert len(records) == count
    assert len(damages) == count + 1  # the end is one too
