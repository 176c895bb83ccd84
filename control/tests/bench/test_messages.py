"""The messages of the benches are what they are said to be."""

from p4rsvp.bench.messages import message_mix
from p4rsvp.wire.message import decode, encode
from p4rsvp.wire.messages import Path, PathTear, Resv, ResvTear
from p4rsvp.wire.style import StyleId

MIX = message_mix(500)


def test_every_message_has_100_to_400_bytes() -> None:
    sizes = [len(encode(message)) for message in MIX]
    assert min(sizes) >= 100
    assert max(sizes) <= 400


def test_the_mix_has_paths_resvs_of_every_style_and_tears() -> None:
    assert {type(message) for message in MIX} == {Path, PathTear, Resv, ResvTear}
    styles = {message.style.id for message in MIX if isinstance(message, Resv)}
    assert styles == set(StyleId)
    assert all(message.adspec for message in MIX if isinstance(message, Path))


def test_the_messages_survive_the_wire() -> None:
    returned = [decode(encode(message)) for message in MIX]
    assert returned == MIX


def test_the_mix_is_the_same_in_every_run() -> None:
    again = message_mix(500)
    assert again == MIX
