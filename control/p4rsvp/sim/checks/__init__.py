"""What must hold, checked from outside the engine: one module a promise of docs/simulation.md."""


class CheckFailedError(AssertionError):
    """A promise is broken; the message says which, where, and how."""
