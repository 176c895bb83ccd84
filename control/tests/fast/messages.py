"""Raw RSVP messages for the tests of the fast path, sound and broken, and how to draw them."""

from struct import pack, unpack

from hypothesis import strategies as st

from p4rsvp.fast.scan import Column
from p4rsvp.wire.codes import ClassNum, MessageType


def an_object(class_num: int, c_type: int, body: bytes = b"") -> bytes:
    return pack("!HBB", len(body) + 4, class_num, c_type) + body


def a_message(message_type: int, *objects: bytes, ttl: int = 63, checksummed: bool = True) -> bytes:
    body = b"".join(objects)
    message = pack("!BBHBBH", 0x10, message_type, 0, ttl, 0, 8 + len(body)) + body
    return with_checksum(message) if checksummed else message


def with_checksum(message: bytes) -> bytes:
    """RFC 2205 3.1.1; a byte behind the last whole 16-bit word is left out."""
    message = message[:2] + b"\0\0" + message[4:]
    total = sum(unpack(f"!{len(message) // 2}H", message[: len(message) & ~1]))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return message[:2] + pack("!H", total ^ 0xFFFF) + message[4:]


SESSION = an_object(ClassNum.SESSION, 1, bytes([192, 0, 2, 1, 17, 0, 0x13, 0x88]))
HOP = an_object(ClassNum.RSVP_HOP, 1, bytes([198, 51, 100, 1, 0, 0, 0, 7]))
TIMES = an_object(ClassNum.TIME_VALUES, 1, pack("!I", 30_000))
TEMPLATE = an_object(ClassNum.SENDER_TEMPLATE, 1, bytes([203, 0, 113, 5, 0, 0, 0x27, 0x0F]))
TSPEC = an_object(ClassNum.SENDER_TSPEC, 2, bytes(range(32)))
INTEGRITY = an_object(ClassNum.INTEGRITY, 1, bytes(range(100, 132)))


def a_message_id(*, flags: int = 0, epoch: int = 0xABCDEF, identifier: int = 5) -> bytes:
    return an_object(ClassNum.MESSAGE_ID, 1, pack("!II", flags << 24 | epoch, identifier))


AN_ACK = an_object(ClassNum.MESSAGE_ID_ACK, 1, pack("!II", 1, 2))


def a_path(*before: bytes, after: bytes = b"") -> bytes:
    return a_message(MessageType.PATH, *before, SESSION, HOP, TIMES, TEMPLATE, TSPEC, after)


_CLASSES = [int(ClassNum[column.name]) for column in list(Column)[1:]]

objects = st.builds(
    an_object,
    st.sampled_from(_CLASSES) | st.integers(0, 255),
    st.integers(1, 4) | st.integers(0, 255),
    st.integers(0, 16).flatmap(lambda words: st.binary(min_size=4 * words, max_size=4 * words)),
)

sound_messages = st.builds(
    lambda kind, parts, ttl, checksummed: a_message(kind, *parts, ttl=ttl, checksummed=checksummed),
    st.sampled_from([1, 1, 2, 2, 5, 12, 15, 200]),
    st.lists(objects, max_size=12),
    st.integers(0, 255),
    st.booleans(),
)


@st.composite
def broken_messages(draw: st.DrawFn) -> bytes:
    """A sound message with bytes flipped, a 16-bit field made hostile, its end cut or extended."""
    message = bytearray(draw(sound_messages))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(message) - 1))
        message[at] ^= draw(st.integers(1, 255))
    if draw(st.booleans()):
        at = 4 * draw(st.integers(0, (len(message) - 2) // 4))
        message[at : at + 2] = pack(
            "!H", draw(st.sampled_from([0, 1, 2, 3, 4, 5, 8, 0xFFFC, 0xFFFF]))
        )
    cut = draw(st.integers(0, len(message)) | st.just(len(message)))
    message = message[:cut] + draw(st.binary(max_size=5) | st.just(b""))
    if draw(st.booleans()) and len(message) >= 8:
        message[6:8] = pack("!H", len(message))
        return with_checksum(bytes(message))
    return bytes(message)


neighbours = st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16)
links = st.tuples(st.integers(0, 2**32 - 1), neighbours, st.integers(0, 255))
