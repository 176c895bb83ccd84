"""A capture file, down to the RSVP messages in its frames, and what `p4rsvp decode` shows of it."""

import json
from io import BytesIO

from p4rsvp.capture.files import read_capture
from p4rsvp.capture.sample import sample_frames
from p4rsvp.capture.survey import Sighting, Survey
from p4rsvp.cli.decode import as_record, as_text
from tests.capture.build import pcap, pcapng

_FRAMES = [bytes(seen.frame) for seen in sample_frames()]
SEEDS = {"pcapng": pcapng(*_FRAMES[:2]), "pcap": pcap(*_FRAMES[:2])} | {
    f"frame {number}": pcap(frame) for number, frame in enumerate(_FRAMES)
}


def one_input(data: bytes) -> None:
    found = list(read_capture(BytesIO(data)))
    assert len(found) <= len(data) // 8 + 1
    for seen in Survey(BytesIO(data)):
        if isinstance(seen, Sighting):
            assert as_text(seen)
            assert json.loads(json.dumps(as_record(seen), allow_nan=False))
