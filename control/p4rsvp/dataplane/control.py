"""The control interface of a data plane: what a P4Runtime server calls, and what calls it back.

`DataPlane` is implemented by the embedded switch (softswitch/switch.py: `Switch.load(p4info, json)`
makes one) and by the DPDK switch. The server above keeps what belongs to P4Runtime the
protocol (arbitration, canonical byte strings, protobuf); the data plane below keeps what belongs
to the program: ids, widths, capacities, references and atomicity. So a P4Info id that does not
exist, a value wider than its field or a match list of the wrong length is refused here, with the
status that P4Runtime names and a sentence that names the field; a refused update changes nothing.

Every method may be called from any thread, while packets are forwarded. Changes become visible
between batches of packets, each update whole. Callbacks run on the thread of the packet engine:
they must only hand over (a queue, `loop.call_soon_threadsafe`) and return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from p4rsvp.dataplane.entities import (
    Atomicity,
    DigestList,
    Entity,
    PacketIn,
    TableEntry,
    Update,
)
from p4rsvp.dataplane.errors import ControlError


class DataPlane(Protocol):
    """A switch that runs one P4 program, seen from above."""

    def apply(
        self, updates: Sequence[Update], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """Make these changes in order; answer with one place per update, None for success.

        CONTINUE_ON_ERROR applies what it can. ROLLBACK_ON_ERROR undoes everything when one fails;
        packets may see the steps between. DATAPLANE_ATOMIC is the same in one step between two
        batches. Of a write that was rolled back, updates that had no fault of their own answer
        with Status.ABORTED.
        """
        ...

    def apply_rows(
        self, rows: NDArray[np.int64], atomicity: Atomicity = Atomicity.CONTINUE_ON_ERROR
    ) -> list[ControlError | None]:
        """Do the same with entries of exact tables with plain actions, as rows of numbers.

        Columns are entities.ROW_*. What one row tells by itself is known to be sound: ids are the
        P4Info's, values fit. So only what the table holds can speak against a change.
        """
        ...

    def read(self, pattern: Entity) -> Iterator[Entity]:
        """Every entity that fits the pattern.

        0 (ids, priority), None (index) and () (match) mean any.
        A TableEntry pattern with table_id 0 reads all tables; with `is_default`, only default
        entries; with a non-empty match, the one entry (with its priority where it has one).
        Entries come with action, metadata, direct meter and counter, and idle time. MeterEntry,
        CounterEntry and RegisterEntry with index None read every cell. DirectMeterEntry and
        DirectCounterEntry read what their `entry` pattern fits. Raises ControlError for ids that
        the program does not have.
        """
        ...

    def packet_out(self, payload: bytes, metadata: tuple[int, ...]) -> None:
        """Send a packet through the CPU port; metadata in the order of P4Info's `packet_out`."""
        ...

    def on_packet_in(self, callback: Callable[[PacketIn], None] | None) -> None:
        """Hand packets that leave by the CPU port to `callback`; None drops (and counts) them."""
        ...

    def on_digest(self, callback: Callable[[DigestList], None] | None) -> None:
        """Hand digest lists to `callback` as their DigestConfig says (list size, timeout)."""
        ...

    def ack_digest(self, digest_id: int, list_id: int) -> None:
        """Stop suppressing the members of this list (P4Runtime 16: until acked or timed out)."""
        ...

    def on_idle_timeout(self, callback: Callable[[list[TableEntry]], None] | None) -> None:
        """Hand entries without a hit for their idle timeout to `callback`, each time it passes."""
        ...

    def set_port_up(self, port: int, *, up: bool) -> None:
        """Tell the selectors that a port is up or down (watch ports of group members)."""
        ...
