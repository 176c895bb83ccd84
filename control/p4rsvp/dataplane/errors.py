"""The two ways in which a data plane says no.

`Unsupported` refuses a whole program at load time and names the construct: better no packet than a
wrong one. `ControlError` refuses one update or read, with the status that the P4Runtime
specification names for it (its "error reporting" section uses gRPC's canonical codes; `Status`
holds those that we need, by number).
"""

from enum import IntEnum


class Status(IntEnum):
    """gRPC's canonical codes, as far as a data plane answers with them."""

    OK = 0
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14


class Unsupported(Exception):  # noqa: N818  # it reads as what it says: "Unsupported: extern md5"
    """A program uses a construct that the switch does not run; the text names it."""


class ControlError(Exception):
    """One update or read was refused and changed nothing."""

    def __init__(self, status: Status, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
