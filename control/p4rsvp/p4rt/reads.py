"""How a batch of requests is answered (13): a snapshot first, then messages of bounded size.

The snapshot is what 13.4 wants of a read beside writes: every answer shows the state before or
after a write, never within. Turning it into messages can then take as long as the client does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from finsy.proto import p4r

from p4rsvp.dataplane.control import DataPlane
from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.queries import Query
from p4rsvp.p4rt.schema import Schema
from p4rsvp.p4rt.writes import Allows, Outcome


class Finding(NamedTuple):
    """What one request found, and how to write it."""

    encode: Callable[[Any, p4r.Entity], None]
    entities: list[Any]


def snapshot(
    plane: DataPlane, schema: Schema, requests: Iterable[p4r.Entity]
) -> tuple[list[Finding], Outcome]:
    """Read all that is asked for; the outcome has one place per request."""
    findings: list[Finding] = []
    outcome: Outcome = []
    for request in requests:
        try:
            findings.append(_read(plane, _query(schema, request)))
        except ControlError as error:
            outcome.append(error)
        else:
            outcome.append(None)
    return findings, outcome


def _query(schema: Schema, request: p4r.Entity) -> Query:
    which = request.WhichOneof("entity")
    if which is None:
        raise ControlError(Status.INVALID_ARGUMENT, "entity is not set")
    codec = schema.codecs.get(which)
    if codec is None:
        raise ControlError(Status.UNIMPLEMENTED, f"{which}: the data plane has none")
    return codec.read(getattr(request, which))


def _read(plane: DataPlane, query: Query) -> Finding:
    found = list(plane.read(query.pattern))
    if query.fits is not None:
        found = [entity for entity in found if query.fits(entity)]
    if query.missing and not found:
        raise ControlError(Status.NOT_FOUND, query.missing)
    if query.demand is not None:
        for entity in found:
            query.demand(entity)
    return Finding(query.encode, found)


def messages(
    findings: Iterable[Finding], chunk: int, allows: Allows | None = None
) -> Iterator[p4r.ReadResponse]:
    """Write findings in messages of at most `chunk` entities, those that the role extends to."""
    response = p4r.ReadResponse()
    for finding in findings:
        for entity in finding.entities:
            message = p4r.Entity()
            finding.encode(entity, message)
            if allows is not None and not _visible(message, allows):
                continue
            response.entities.append(message)
            if len(response.entities) == chunk:
                yield response
                response = p4r.ReadResponse()
    if response.entities:
        yield response


def _visible(entity: p4r.Entity, allows: Allows) -> bool:
    which = str(entity.WhichOneof("entity"))
    return allows(which, getattr(entity, which))
