"""The bounds of an action profile's groups (9.2.2, 9.2.3): weights, sizes, watch ports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from finsy.proto import p4i, p4r

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt import bytestrings

_PORT_BITS = 32  # 18.1.2: SDN port numbers


class Selector:
    """One action profile, with or without a selector, as the P4Info bounds it."""

    def __init__(self, profile: p4i.ActionProfile) -> None:
        self.profile_id: Final = profile.preamble.id
        self.name: Final = profile.preamble.alias
        self.what: Final = f"action profile {self.name}"
        self.has_groups: Final = profile.with_selector
        self.max_group_size: Final = profile.max_group_size
        # 7.3.4: unset means the sum of weights.
        self._counts_members = profile.WhichOneof("selector_size_semantics") == "sum_of_members"
        self._max_weight = profile.sum_of_members.max_member_weight

    def check_weights(self, weights: Sequence[int], bound: int) -> None:
        """Refuse what is no weight, and a group larger than `bound` (0: no bound)."""
        if any(weight <= 0 for weight in weights):
            raise self.invalid(f"weight {min(weights)} is not positive")
        if self._max_weight and weights and max(weights) > self._max_weight:
            raise self.invalid(f"weight {max(weights)} is above {self._max_weight}")
        size = len(weights) if self._counts_members else sum(weights)
        if bound and size > bound:
            counted = "members" if self._counts_members else "weights"
            raise self.invalid(f"the sum of {counted}, {size}, is above the group's {bound}")

    def check_max_size(self, max_size: int) -> None:
        """9.2.2.1: at most the P4Info's own bound; 0 takes that bound."""
        if max_size < 0 or 0 < self.max_group_size < max_size:
            raise self.invalid(f"max_size {max_size} is not in 0..{self.max_group_size}")

    def invalid(self, why: str) -> ControlError:
        """Refuse a malformed member, group or one-shot set."""
        return ControlError(Status.INVALID_ARGUMENT, f"{self.what}: {why}")


def decode_watch_port(
    message: p4r.ActionProfileAction | p4r.ActionProfileGroup.Member, what: str
) -> int | None:
    """Read the port that a choice depends on; an empty one watches nothing."""
    if message.WhichOneof("watch_kind") == "watch":
        return message.watch or None
    if not message.watch_port:
        return None
    return bytestrings.decode(message.watch_port, _PORT_BITS, f"{what}, watch_port")


def encode_watch_port(
    port: int | None, message: p4r.ActionProfileAction | p4r.ActionProfileGroup.Member
) -> None:
    """Write the port that a choice depends on."""
    if port is not None:
        message.watch_port = bytestrings.encode(port)
