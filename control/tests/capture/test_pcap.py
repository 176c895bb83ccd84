import pytest

from tests.capture.build import START_S, pcap, pcap_header, pcap_record, read

PACKETS = (b"first packet", b"second", b"the third packet")


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_read(order: str) -> None:
    records, damages = read(pcap(*PACKETS, order=order))
    assert [record.data for record in records] == list(PACKETS)
    assert [record.number for record in records] == [1, 2, 3]
    assert not damages


@pytest.mark.parametrize(("magic", "unit_ns"), [(0xA1B2C3D4, 1000), (0xA1B23C4D, 1)])
def test_the_magic_tells_the_unit_of_the_fraction(magic: int, unit_ns: int) -> None:
    data = pcap_header(magic=magic) + pcap_record(b"x", fraction=999_999)
    records, _ = read(data)
    assert records[0].time_ns == START_S * 10**9 + 999_999 * unit_ns


def test_high_bits_of_the_link_type_are_masked() -> None:
    # A frame check sequence of 4 bytes is told in the top four bits.
    records, _ = read(pcap(b"x", link_type=0x4000_0001))
    assert records[0].link_type == 1


def test_a_file_that_ends_inside_its_header_says_so() -> None:
    records, damages = read(pcap_header()[:20])
    assert not records
    assert str(damages[0]) == "the file ends inside its header of 24 bytes, after 20"


def test_a_file_that_ends_inside_a_packet_shows_what_there_is_of_it() -> None:
    records, damages = read(pcap(*PACKETS)[:-4])
    assert [record.data for record in records] == [*PACKETS[:2], b"the third pa"]
    assert str(damages[0]) == "byte 74: the file ends inside packet 3, after 12 of 16 bytes"


def test_a_file_that_ends_inside_a_packet_header_says_so() -> None:
    records, damages = read(pcap(*PACKETS) + b"\0\0\0")
    assert len(records) == 3
    assert "ends inside a packet's header" in damages[0].sentence


def test_behind_a_record_of_impossible_length_the_next_one_is_found() -> None:
    liar = bytearray(pcap_record(PACKETS[1]))
    liar[8:12] = b"\xff\xff\xff\xff"
    data = pcap_header() + pcap_record(PACKETS[0]) + bytes(liar) + pcap_record(PACKETS[2])
    records, damages = read(data)
    assert [record.data for record in records] == [PACKETS[0], PACKETS[2]]
    assert str(damages[0]) == (
        "byte 52: packet 2 claims 4294967295 bytes; went on with the next sound record, at byte 74"
    )


def test_a_record_that_swallows_its_successors_is_not_believed() -> None:
    liar = bytearray(pcap_record(PACKETS[0]))
    liar[8:12] = (100_000).to_bytes(4, "little")  # possible, but the file is shorter
    data = pcap_header() + bytes(liar) + pcap_record(PACKETS[1]) + pcap_record(PACKETS[2])
    records, damages = read(data)
    assert [record.data for record in records] == list(PACKETS[1:])
    assert len(damages) == 1


def test_when_nothing_sound_follows_the_rest_is_left_out() -> None:
    liar = pcap_header() + b"\xff" * 5000
    records, damages = read(liar)
    assert not records
    assert damages[0].sentence.endswith("no sound record follows; the rest is left out")


def test_many_records_behind_damage_are_read_in_linear_time() -> None:
    # 20,000 small records behind one bad one: what was searched is kept and not copied per record.
    bad = b"\xff" * 16
    records, damages = read(pcap_header() + bad + pcap_record(b"0123") * 20_000)
    assert len(records) == 20_000
    assert len(damages) == 1


@pytest.mark.parametrize("count", range(len(pcap(*PACKETS))))
def test_every_truncation_is_reported_and_keeps_the_packets_before_it(count: int) -> None:
    records, damages = read(pcap(*PACKETS)[:count])
    assert bool(damages) == (count not in {24, 52, 74})
    whole = sum(end <= count for end in (52, 74))
    assert [record.data for record in records[:whole]] == list(PACKETS[:whole])
    assert len(records) <= whole + 1


def test_damage_after_damage_is_read_in_linear_time() -> None:
    liar = bytearray(pcap_record(b"0123"))
    liar[8:12] = b"\xff\xff\xff\xff"
    sound = pcap_record(b"4567")
    records, damages = read(pcap_header() + sound + (bytes(liar) + sound + sound) * 20_000)
    assert len(damages) == 20_000
    assert len(records) == 40_001


def test_a_file_that_was_allocated_and_never_written_ends_early() -> None:
    records, damages = read(pcap(*PACKETS) + bytes(4 << 20))
    assert [record.data for record in records[:3]] == list(PACKETS)
    assert len(records) == 3 + 65_536
    (damage,) = damages
    assert damage.sentence == "zeros where 65536 packets in a row should be; the rest is left out"


def test_a_few_zeros_hide_nothing_of_what_follows() -> None:
    records, damages = read(pcap(b"x") + bytes(16 * 1_000) + pcap_record(b"y"))
    assert records[-1].data == b"y"
    assert not damages
