"""What a node answers when it says no: the error for the peer, and a sentence for the log."""

from __future__ import annotations

from typing import NamedTuple

from p4rsvp.wire.messages import Policy


class Refusal(NamedTuple):
    """An error code and value of RFC 2205 appendix B, with POLICY_DATA where policy gave some."""

    code: int
    value: int
    text: str
    policy: Policy = ()
