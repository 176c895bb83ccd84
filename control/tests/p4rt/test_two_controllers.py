"""Two controllers at once (P4Runtime 5.4, 12.1): the mastership changes in the middle of writes."""

from __future__ import annotations

import threading
from typing import Any

import grpc
from finsy.proto import p4r

from tests.p4rt import entries
from tests.p4rt.rig import PATIENCE_S, Controller, Rig, id_of, update

BATCH = 50
BATCHES = 8


def batch(controller: int, number: int) -> list[p4r.Update]:
    """Entries that tell who wrote them."""
    first = (controller * BATCHES + number) * BATCH
    return [update("INSERT", table_entry=entries.neighbour(first + i + 1)) for i in range(BATCH)]


class Writer(threading.Thread):
    """Writes batches until it is denied; counts those that were acknowledged."""

    def __init__(self, controller: Controller, number: int) -> None:
        super().__init__()
        self.controller = controller
        self.number = number
        self.acknowledged = 0
        self.denied = False
        self.first_is_through = threading.Event()

    def run(self) -> None:
        for number in range(BATCHES):
            try:
                self.controller.write(*batch(self.number, number))
            except grpc.RpcError as error:
                refused: Any = error
                assert refused.code() is grpc.StatusCode.PERMISSION_DENIED
                self.denied = True
                return
            self.acknowledged += 1
            self.first_is_through.set()


def sources(controller: Controller) -> set[int]:
    found = controller.read(table_entry=p4r.TableEntry(table_id=id_of("neighbours")))
    return {int.from_bytes(e.table_entry.match[0].exact.value) for e in found}


def expected(controller: int, batches: int) -> set[int]:
    first = controller * BATCHES * BATCH
    return set(range(first + 1, first + batches * BATCH + 1))


def test_a_write_is_whole_or_denied_when_the_mastership_changes(rig: Rig) -> None:
    with rig.controller(1) as old, Controller(rig.address, 2) as new:
        writer = Writer(old, 0)
        writer.start()
        assert writer.first_is_through.wait(PATIENCE_S)
        new.arbitrate()
        visible = sources(new)  # once the new primary is told, nothing of the old one comes
        new.write(*batch(1, 0))
        writer.join()
        assert visible == expected(0, writer.acknowledged)
        assert sources(new) == expected(0, writer.acknowledged) | expected(1, 1)
        assert writer.denied == (writer.acknowledged < BATCHES)


def test_the_primaries_of_two_roles_write_at_the_same_time(rig: Rig) -> None:
    with rig.controller(1, "left") as left, rig.controller(1, "right") as right:
        writers = [Writer(left, 0), Writer(right, 1)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert sources(left) == expected(0, BATCHES) | expected(1, BATCHES)


def test_a_read_shows_each_write_whole_or_not_at_all(rig: Rig) -> None:
    with rig.controller(1) as primary:
        writer = Writer(primary, 0)
        writer.start()
        while writer.is_alive():
            assert len(sources(primary)) % BATCH == 0
        writer.join()
        assert sources(primary) == expected(0, BATCHES)


def test_many_controllers_come_and_go_and_one_is_primary(rig: Rig) -> None:
    def visit(election_id: int) -> None:
        with rig.controller(election_id) as controller:
            assert controller.stream.is_active()

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(2, 12)]
    with rig.controller(100) as primary:
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        primary.insert(table_entry=entries.route())
