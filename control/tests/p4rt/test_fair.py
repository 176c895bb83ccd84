"""What waits for a controller: a flood by one port neither delays nor displaces another's."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial
from typing import Any

from finsy.proto import p4r
from hypothesis import given
from hypothesis import strategies as st

from p4rsvp.p4rt.fair import FairQueue
from p4rsvp.p4rt.inbox import AT_ONCE, Inbox
from p4rsvp.p4rt.streams import Stream

HOSTILE, GOOD = 1, 2


def test_one_of_another_key_goes_second_however_many_wait() -> None:
    queue: FairQueue[str] = FairQueue(100)
    for number in range(50):
        queue.put(HOSTILE, f"hostile {number}")
    queue.put(GOOD, "good")
    assert [queue.get() for _ in range(3)] == ["hostile 0", "good", "hostile 1"]


def test_where_there_is_no_room_the_longest_loses_its_newest() -> None:
    queue: FairQueue[str] = FairQueue(3)
    for number in range(5):
        queue.put(HOSTILE, f"hostile {number}")
    queue.put(GOOD, "good")
    assert queue.dropped == 3
    assert [queue.get() for _ in range(len(queue))] == ["hostile 0", "good", "hostile 1"]


@given(st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=60), st.integers(1, 8))
def test_keys_keep_their_order_and_nothing_is_lost_without_being_counted(
    events: list[int | None], limit: int
) -> None:
    queue: FairQueue[tuple[int, int]] = FairQueue(limit)
    came: dict[int, list[int]] = defaultdict(list)
    put = 0
    for number, key in enumerate(events):
        if key is not None:
            queue.put(key, (key, number))
            put += 1
        elif queue:
            taken, at = queue.get()
            came[taken].append(at)
        assert len(queue) <= limit
    while queue:
        taken, at = queue.get()
        came[taken].append(at)
    assert all(numbers == sorted(numbers) for numbers in came.values())
    assert sum(map(len, came.values())) + queue.dropped == put


def test_an_inbox_gives_the_loop_to_others_between_its_turns() -> None:
    delivered: list[int] = []
    seen: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        inbox = Inbox(loop, delivered.append, 4096, lambda item: item % 2)
        for item in range(3 * AT_ONCE):
            inbox.put(item)
        while len(delivered) < 3 * AT_ONCE:
            await asyncio.sleep(0)
            seen.append(len(delivered))

    asyncio.run(main())
    assert seen == [AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE]
    assert sorted(delivered) == list(range(3 * AT_ONCE))


class Written:
    """What a stream writes; gRPC's context, as far as it is asked."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def write(self, message: Any) -> None:
        self.messages.append(message)


def test_a_stream_sends_arbitration_first_and_ports_by_turns() -> None:
    stream, written = Stream(100), Written()

    def packet(payload: bytes) -> p4r.StreamMessageResponse:
        return p4r.StreamMessageResponse(packet=p4r.PacketIn(payload=payload))

    async def main() -> None:
        for number in range(3):
            stream.offer(partial(packet, b"%d" % number), HOSTILE)
        stream.offer(partial(packet, b"good"), GOOD)
        stream.tell(p4r.MasterArbitrationUpdate(device_id=7))
        stream.close()
        await stream.pump(written)  # type: ignore[arg-type]  # all that it asks of a context

    asyncio.run(main())
    assert written.messages[0].arbitration.device_id == 7
    assert [one.packet.payload for one in written.messages[1:]] == [b"0", b"good", b"1", b"2"]
