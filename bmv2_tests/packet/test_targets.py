"""One line for each target that is missing, in place of one for each test of it."""

import pytest

from packet import targets


@pytest.mark.parametrize("name", targets.NAMES)
def test_the_machine_has_this_target(name: str) -> None:
    why = targets.why_none(name)
    if why:
        pytest.skip(f"no packet test runs on {name}: {why}")
