"""How errors travel (10): a gRPC status, with one p4.v1.Error per element of a batch.

The errors travel as metadata, which clients bound: 8 KiB unless they raise it (finsy takes 64).
Codes always go out whole; sentences only as far as a budget lasts, so that a large batch that fails
throughout still tells each update's code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import grpc
from finsy.proto import p4r, rpc_status
from google.protobuf import any_pb2

from p4rsvp.dataplane.errors import ControlError, Status

DETAILS: Final = "grpc-status-details-bin"
_SENTENCES_BYTES: Final = 16 * 1024
_CODES: Final = {code.value[0]: code for code in grpc.StatusCode}


def code_of(status: Status) -> grpc.StatusCode:
    """Give gRPC's own name of a status."""
    return _CODES[int(status)]


def batch_status(outcome: Sequence[ControlError | None], what: str) -> rpc_status.Status:
    """Describe a batch of which something failed (12.3, 13.3)."""
    failed = [error for error in outcome if error is not None]
    message = f"{len(failed)} of {len(outcome)} {what} failed; the first: {failed[0].sentence}"
    status = rpc_status.Status(code=Status.UNKNOWN, message=message)
    left = _SENTENCES_BYTES
    for error in outcome:
        detail = p4r.Error()
        if error is not None:
            detail.canonical_code = error.status
            left -= len(error.sentence)
            if left >= 0:
                detail.message = error.sentence
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status
