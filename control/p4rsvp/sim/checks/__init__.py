"""What must hold, checked from outside the engine: one module a promise of docs/simulation.md."""

from enum import Enum


class Promise(Enum):
    """What a run is held to; the words stand in its report."""

    NOT_STALE = "no stale state"
    ADMISSION = "never over-admitted"
    INSTALLED = "the data plane holds exactly what is desired"
    AGREEMENT = "after faults, all agree"
    LOAD = "control load is bounded per state"
    PRIORITIES = "nobody gives way to whom he withstands"


class CheckFailedError(AssertionError):
    """A promise is broken; the message says where, and how."""

    def __init__(self, promise: Promise, text: str) -> None:
        super().__init__(f"{promise.value}: {text}")
        self.promise = promise
