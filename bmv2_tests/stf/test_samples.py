"""p4c's v1model samples on the embedded switch: each passes, or is refused by name; none is wrong.

Runs on whatever folder of compiled samples (NAME.json, NAME.p4info.txtpb, NAME.stf) the
environment variable P4RSVP_STF_SAMPLES names. By default without the jit, which is the reference;
P4RSVP_STF_JIT=1 compiles each.
"""

import os
from pathlib import Path

import pytest

from p4rsvp.dataplane.errors import Unsupported
from p4rsvp.softswitch.switch import Switch
from stf.language import parse
from stf.runner import Runner

FOLDER = os.environ.get("P4RSVP_STF_SAMPLES", "")
PLAIN = not os.environ.get("P4RSVP_STF_JIT")


def _samples() -> list[str]:
    return sorted(path.stem for path in Path(FOLDER).glob("*.json")) if FOLDER else []


@pytest.mark.skipif(not FOLDER, reason="P4RSVP_STF_SAMPLES names no folder of compiled samples")
@pytest.mark.parametrize("name", _samples())
def test_a_sample_passes_or_is_refused_by_name(name: str) -> None:
    folder = Path(FOLDER)
    try:
        switch = Switch.load(
            (folder / f"{name}.p4info.txtpb").read_text(),
            (folder / f"{name}.json").read_text(),
            plain=PLAIN,
        )
    except Unsupported as refusal:
        pytest.skip(f"refused: {refusal}")
    assert Runner(switch).run(parse((folder / f"{name}.stf").read_text())) == []
