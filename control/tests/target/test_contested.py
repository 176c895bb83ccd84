"""Two backups bid the same when the primary leaves: whoever has to bid again serves if it wins."""

from __future__ import annotations

import asyncio
from collections import deque

import grpc
import pytest
from finsy import P4ClientError, SwitchOptions
from finsy.proto import U128, p4r, rpc_status

from p4rsvp.target.client import StreamingSwitch

BID = 20


def rpc_error(code: grpc.StatusCode, details: str) -> P4ClientError:
    nothing = grpc.aio.Metadata()
    return P4ClientError(grpc.aio.AioRpcError(code, nothing, nothing, details), "receive")


class Contested:
    """A switch where another has bid as much, and has gone before the second bid."""

    def __init__(self) -> None:
        won = rpc_status.Status(code=grpc.StatusCode.OK.value[0])
        primary = p4r.MasterArbitrationUpdate(election_id=U128.encode(BID - 1), status=won)
        self.bids: list[int] = []
        self._answers: deque[P4ClientError | p4r.StreamMessageResponse] = deque(
            [
                rpc_error(grpc.StatusCode.INVALID_ARGUMENT, "Election id already exists"),
                p4r.StreamMessageResponse(arbitration=primary),
                rpc_error(grpc.StatusCode.UNAVAILABLE, "the end"),
            ]
        )

    async def send(self, message: p4r.StreamMessageRequest) -> None:
        self.bids.append(U128.decode(message.arbitration.election_id))

    async def receive(self) -> p4r.StreamMessageResponse:
        answer = self._answers.popleft()
        if isinstance(answer, P4ClientError):
            raise answer
        return answer


def test_a_bid_after_one_that_collided_is_served_if_it_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(
        StreamingSwitch, "_become_primary", lambda switch: told.append(switch.is_primary)
    )
    options = SwitchOptions(initial_election_id=BID)
    switch = StreamingSwitch(
        "127.0.0.1:1", options, on_packets=lambda _: False, on_room=lambda: None
    )
    contested = Contested()
    monkeypatch.setattr(switch, "_client", contested)
    monkeypatch.setattr(switch, "_p4client", contested)
    with pytest.raises(P4ClientError, match="the end"):
        asyncio.run(switch._receive_until_closed())
    assert contested.bids == [BID - 1]
    assert told == [True]
