"""The boxes between a switch's engines (kernels/exchange.py): two for each pair of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from p4rsvp.softswitch import jit
from p4rsvp.softswitch.kernels.exchange import BOX_PACKETS, COUNT_WORDS, give, take
from p4rsvp.softswitch.layout import Ctl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from p4rsvp.softswitch.engine import Engine


class _Box:
    """What waits between a worker and another."""

    def __init__(self, engine: Engine) -> None:
        self.counts = np.zeros(COUNT_WORDS, dtype=np.uint64)
        self.rows = np.zeros(BOX_PACKETS * engine.generated.row_words, dtype=np.uint64)
        self.octets = np.zeros(BOX_PACKETS * engine.slot_bytes, dtype=np.uint8)

    @property
    def views(self) -> Any:
        return [
            jit.view(array, plain=jit.JIT_DISABLED)
            for array in (self.counts, self.rows, self.octets)
        ]


class Exchange:
    """Hands packets to the engines that own their queues."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = list(engines)
        pairs = ((a, b) for a in engines for b in engines if a is not b)
        self._boxes = {(a.number, b.number): _Box(a) for a, b in pairs}

    def take(self, engine: Engine) -> None:
        """Queue what others have put here."""
        for other in self._engines:
            if other is not engine:
                take(*_memory(engine), *self._boxes[other.number, engine.number].views)

    def give(self, engine: Engine) -> None:
        """Put what others own into their boxes and wake them."""
        if not engine.ctl[Ctl.HANDED]:
            return
        for other in self._engines:
            if other is engine:
                continue
            box = self._boxes[engine.number, other.number].views
            arguments: Any = (*_memory(engine), *box, jit.u64(other.number))
            if give(*arguments) and other.wake is not None:
                other.wake()


def _memory(engine: Engine) -> Any:
    arrays = (engine.ctl, engine.queues, engine.bytes, engine.rows)
    return [jit.view(array, plain=jit.JIT_DISABLED) for array in arrays]
