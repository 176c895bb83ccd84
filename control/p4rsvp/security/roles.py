"""Who may look and who may act: by the names in a client's certificate.

For the API of a daemon (northbound/server.py) and P4Runtime (p4rt/service.py) alike. A client by a
Unix socket has passed the permissions of its directory, and may do all. One by TCP with TLS has
shown a certificate that our CA has signed; where operators or viewers are named, its common name or
one of its alternative names has to be among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

_NAMES = ("x509_common_name", "x509_subject_alternative_name")


class Role(IntEnum):
    """What somebody may do; each includes those before it."""

    NOTHING = 0
    VIEW = 1
    OPERATE = 2


class Names(NamedTuple):
    """Who holds which role; with nobody named, everybody may do all."""

    operators: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()


def role_of(names: Names, auth_context: Mapping[str, Any]) -> Role:
    """The role of a client, from what gRPC knows of its transport."""
    if b"ssl" not in auth_context.get("transport_security_type", ()):
        return Role.OPERATE  # a Unix socket, or a server without TLS
    if not names.operators and not names.viewers:
        return Role.OPERATE
    shown = {name.decode() for key in _NAMES for name in auth_context.get(key, ())}
    if shown.intersection(names.operators):
        return Role.OPERATE
    return Role.VIEW if shown.intersection(names.viewers) else Role.NOTHING


def refusal(role: Role) -> str:
    """What is said to somebody who lacks a role."""
    return f"this certificate's names have no leave to {role.name.lower()} here"
