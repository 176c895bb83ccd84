"""Who may look and who may act: by the names in a client's certificate.

A client by the Unix socket has passed the permissions of its directory, and may do all. One by TCP
has shown a certificate that our CA has signed; where the configuration names operators or viewers,
its common name or one of its alternative names has to be among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from p4rsvp.daemon.settings import NorthboundTable

_NAMES = ("x509_common_name", "x509_subject_alternative_name")


class Role(IntEnum):
    """What somebody may do; each includes those before it."""

    NOTHING = 0
    VIEW = 1
    OPERATE = 2


def role_of(table: NorthboundTable, auth_context: Mapping[str, Any]) -> Role:
    """The role of a client, from what gRPC knows of its transport."""
    if b"ssl" not in auth_context.get("transport_security_type", ()):
        return Role.OPERATE  # the Unix socket: by TCP we serve TLS only
    if not table.operators and not table.viewers:
        return Role.OPERATE
    names = {name.decode() for key in _NAMES for name in auth_context.get(key, ())}
    if names.intersection(table.operators):
        return Role.OPERATE
    return Role.VIEW if names.intersection(table.viewers) else Role.NOTHING
