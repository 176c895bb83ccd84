"""Where real captures lie, if they lie anywhere: they are not part of the project.

`P4RSVP_CAPTURES` names the folder; without it, `shared/captures` is looked for in each folder above
this file. A test that needs a capture which is not there skips and says so.
"""

import os
from pathlib import Path

import pytest

VARIABLE = "P4RSVP_CAPTURES"


def capture(name: str) -> Path:
    """The path of this capture; skips the calling test where there is none."""
    for folder in _folders():
        if (folder / name).is_file():
            return folder / name
    pytest.skip(f"capture {name} is not here: set {VARIABLE} to the folder that holds it")


def _folders() -> list[Path]:
    named = os.environ.get(VARIABLE)
    if named:
        return [Path(named)]
    return [parent / "shared" / "captures" for parent in Path(__file__).resolve().parents]
