import errno
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.capture.files import read_capture
from p4rsvp.capture.record import Record
from tests.capture.build import pcap, pcapng, read


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty, not even a capture's header"),
        (b"hello, world", "neither pcap nor pcapng: it starts with the bytes 68 65 6c 6c"),
        (b"\x1f\x8b\x08\x00", "compressed; pipe it in: `gunzip -c FILE | p4rsvp decode -`"),
        (b"snoop\0\0\0", "a snoop file; convert it with `editcap -F pcap`"),
    ],
)
def test_what_is_no_capture_is_named(data: bytes, sentence: str) -> None:
    records, damages = read(data)
    assert not records
    assert [damage.sentence for damage in damages] == [sentence]


class Pipe(io.BytesIO):
    """A live pipe: whoever reads more than has been written waits; so count what is read."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        return data


@pytest.mark.parametrize("data", [pcap(b"one", b"two"), pcapng(b"one", b"two")])
def test_a_packet_of_a_live_pipe_is_there_before_the_next_has_come(data: bytes) -> None:
    pipe = Pipe(data)
    first = next(read_capture(pipe))
    assert isinstance(first, Record)
    assert first.data == b"one"
    assert data.index(b"one") < pipe.read_bytes < data.index(b"two") - 12


class BrokenDisk(io.BytesIO):
    """A file that ends in an error of the disk."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError(errno.EIO, "Input/output error")
        return data


@pytest.mark.parametrize("data", [b"", pcap(b"one"), pcapng(b"one")])
def test_an_error_of_the_disk_is_reported_behind_what_could_be_read(data: bytes) -> None:
    found = list(read_capture(BrokenDisk(data)))
    assert len(found) == (2 if data else 1)
    assert str(found[-1]).endswith("it cannot be read any further: Input/output error")


@given(
    st.sampled_from([pcap(b"one" * 9, b"two"), pcapng(b"one" * 9, b"two")]),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=8),
    st.binary(max_size=40),
)
def test_no_bytes_make_the_reader_raise_or_read_on_for_ever(
    data: bytes, changes: list[tuple[int, int]], tail: bytes
) -> None:
    changed = bytearray(data + tail)
    for place, value in changes:
        changed[place % len(changed)] = value
    records, damages = read(bytes(changed))
    assert len(records) + len(damages) <= len(changed)
    assert sum(len(record.data) for record in records) <= len(changed)
