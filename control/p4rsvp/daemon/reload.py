"""What a changed configuration file may not change in a running daemon: pure.

Routes, the engine's view of an interface (shares, refresh times, hints), punt limits and the log
can change. What is built into the session with the switch or into the numbering of things cannot:
a file that changes some of that is not taken over at all, so that what runs is always one file.
"""

from __future__ import annotations

import msgspec

from p4rsvp.daemon.router import RouterConfig

_LINK_KEYS = ("port", "vlan_id", "mac", "addresses", "mtu_bytes", "device")


def restart_for(old: RouterConfig, new: RouterConfig) -> tuple[str, ...]:
    """The keys that differ and are only read at the start."""
    keys = [
        name
        for name in (
            "switch",
            "router",
            "routes",
            "limits",
            "policy",
            "northbound",
            "recorder",
            "accounting",
            "metrics",
            "sender_proxy",
            "receiver_proxy",
        )
        if getattr(old.settings, name) != getattr(new.settings, name)
    ]
    if old.integrity.modes != new.integrity.modes and any(
        rule.signed is not None for rule in old.rules
    ):
        keys.append("integrity, which rules of policy go by")
    before = {one.number: one for one in old.settings.interface}
    after = {one.number: one for one in new.settings.interface}
    keys += [f"interface {number}" for number in sorted(before.keys() ^ after.keys())]
    for number in sorted(before.keys() & after.keys()):
        then, now = (msgspec.structs.asdict(one[number]) for one in (before, after))
        keys += [f"interface {number} {key}" for key in _LINK_KEYS if then[key] != now[key]]
    return tuple(keys)
