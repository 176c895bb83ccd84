"""Every object class: importing this module fills the registry (objects.ENTRIES)."""

# ruff: noqa: F401  # imported for what they register
from p4rsvp.wire import (
    adspec,
    aggregate,
    dclass,
    diagnostics,
    error_spec,
    filter_spec,
    flowspec,
    hop,
    integrity,
    policy,
    refresh,
    restart,
    session,
    style,
    tspec,
)
from p4rsvp.wire.objects import ENTRIES

__all__ = ["ENTRIES"]
