"""For tests that want virtual interfaces, and are skipped where nobody may make any."""

import pytest

from p4rsvp.traffic.veth import ip, why_none

_WHY_NONE = why_none()

needs_interfaces = pytest.mark.skipif(_WHY_NONE is not None, reason=str(_WHY_NONE))


def set_mtu(interface: str, mtu_bytes: int) -> None:
    """Make an interface take no longer packets than this."""
    ip("link", "set", interface, "mtu", str(mtu_bytes))
