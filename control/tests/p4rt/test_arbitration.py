"""Who is primary, and who is told (P4Runtime 5.4 and 5.5), without a network."""

from __future__ import annotations

from typing import Any

import pytest
from finsy.proto import U128, p4r, stratum
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from p4rsvp.dataplane.errors import ControlError, Status
from p4rsvp.p4rt.arbitration import Arbitration, Notice

OK, NOT_FOUND, ALREADY_EXISTS = 0, 5, 6
DEVICE = 3


def message(
    election_id: int | None, role: str = "", device_id: int = DEVICE, role_config: Any = None
) -> p4r.MasterArbitrationUpdate:
    made = p4r.MasterArbitrationUpdate(device_id=device_id)
    if election_id is not None:
        made.election_id.CopyFrom(U128.encode(election_id))
    if role or role_config is not None:
        made.role.name = role
    if role_config is not None:
        made.role.config.Pack(role_config)
    return made


def told(notices: list[Notice[str]]) -> list[tuple[str, int, int | None]]:
    """Whom, with which status and election id."""
    return [
        (
            notice.client,
            notice.message.status.code,
            U128.decode(notice.message.election_id)
            if notice.message.HasField("election_id")
            else None,
        )
        for notice in notices
    ]


@pytest.fixture
def desk() -> Arbitration[str]:
    return Arbitration(DEVICE, max_clients=3)


def test_the_first_controller_is_primary(desk: Arbitration[str]) -> None:
    assert told(desk.update("a", message(1))) == [("a", OK, 1)]
    assert desk.is_primary("a")


def test_a_lower_election_id_makes_a_backup_and_only_it_is_told(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    assert told(desk.update("b", message(4))) == [("b", ALREADY_EXISTS, 5)]
    assert desk.is_primary("a")


def test_a_higher_election_id_takes_over_and_the_new_primary_is_told_last(
    desk: Arbitration[str],
) -> None:
    desk.update("a", message(5))
    assert told(desk.update("b", message(6))) == [("a", ALREADY_EXISTS, 6), ("b", OK, 6)]
    assert desk.is_primary("b")
    assert not desk.is_primary("a")


def test_an_unset_election_id_never_becomes_primary(desk: Arbitration[str]) -> None:
    assert told(desk.update("a", message(None))) == [("a", NOT_FOUND, None)]
    assert not desk.is_primary("a")


def test_election_id_0_is_not_an_unset_one(desk: Arbitration[str]) -> None:
    assert told(desk.update("a", message(0))) == [("a", OK, 0)]


def test_election_ids_have_128_bits(desk: Arbitration[str]) -> None:
    desk.update("a", message(1 << 100))
    assert told(desk.update("b", message((1 << 100) + 1)))[1] == ("b", OK, (1 << 100) + 1)


def test_when_the_primary_leaves_nobody_follows_but_all_are_told(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    desk.update("b", message(4))
    assert told(desk.leave("a")) == [("b", NOT_FOUND, 5)]
    assert not desk.is_primary("b")


def test_when_a_backup_leaves_nobody_is_told(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    desk.update("b", message(4))
    assert desk.leave("b") == []


def test_after_the_primary_has_left_its_election_id_is_enough(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    desk.leave("a")
    assert told(desk.update("b", message(4))) == [("b", NOT_FOUND, 5)]
    assert told(desk.update("b", message(5))) == [("b", OK, 5)]


def test_a_primary_can_downgrade_itself_and_all_are_told(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    desk.update("b", message(4))
    assert told(desk.update("a", message(3))) == [("a", NOT_FOUND, 5), ("b", NOT_FOUND, 5)]


def test_an_election_id_in_use_is_refused(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    with pytest.raises(ControlError, match="election id 5 is used") as refused:
        desk.update("b", message(5))
    assert refused.value.status is Status.INVALID_ARGUMENT
    assert desk.is_primary("a")


def test_a_primary_may_say_the_same_again(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    assert told(desk.update("a", message(5))) == [("a", OK, 5)]


def test_another_device_is_not_found(desk: Arbitration[str]) -> None:
    with pytest.raises(ControlError, match="this device is 3") as refused:
        desk.update("a", message(1, device_id=4))
    assert refused.value.status is Status.NOT_FOUND


@pytest.mark.parametrize("change", [{"device_id": 4}, {"role": "other"}])
def test_a_stream_keeps_its_device_and_role(desk: Arbitration[str], change: dict[str, Any]) -> None:
    desk.update("a", message(1))
    with pytest.raises(ControlError) as refused:
        desk.update("a", message(2, **change))
    assert refused.value.status is Status.FAILED_PRECONDITION


def test_there_is_a_limit_to_the_streams_of_a_role(desk: Arbitration[str]) -> None:
    for client, election_id in (("a", 1), ("b", 2), ("c", None)):
        desk.update(client, message(election_id))
    with pytest.raises(ControlError) as refused:
        desk.update("d", message(3))
    assert refused.value.status is Status.RESOURCE_EXHAUSTED


def test_each_role_has_its_own_primary(desk: Arbitration[str]) -> None:
    desk.update("a", message(5, "left"))
    assert told(desk.update("b", message(1, "right"))) == [("b", OK, 1)]
    assert desk.is_primary("a")
    assert desk.is_primary("b")


def test_a_role_is_named_in_the_answer_with_its_config(desk: Arbitration[str]) -> None:
    config = stratum.P4RoleConfig(shared_p4_ids=[1], can_push_pipeline=True)
    [notice] = desk.update("a", message(1, "left", role_config=config))
    assert notice.message.role.name == "left"
    assert notice.message.role.config.Is(stratum.P4RoleConfig.DESCRIPTOR)


def test_a_role_config_of_another_scheme_is_refused(desk: Arbitration[str]) -> None:
    with pytest.raises(ControlError, match=r"stratum\.P4RoleConfig") as refused:
        desk.update("a", message(1, "left", role_config=p4r.Uint128()))
    assert refused.value.status is Status.INVALID_ARGUMENT


def test_what_one_role_has_for_itself_no_other_can_claim(desk: Arbitration[str]) -> None:
    desk.update("a", message(1, "left", role_config=stratum.P4RoleConfig(exclusive_p4_ids=[7])))
    claim = message(1, "right", role_config=stratum.P4RoleConfig(shared_p4_ids=[7]))
    with pytest.raises(ControlError, match="role 'left'") as refused:
        desk.update("b", claim)
    assert refused.value.status is Status.INVALID_ARGUMENT


def test_a_request_of_the_primary_passes(desk: Arbitration[str]) -> None:
    desk.update("a", message(5))
    assert desk.check_primary("", U128.encode(5)).ids is None


@pytest.mark.parametrize("election_id", [None, 4, 6])
def test_a_request_of_anybody_else_is_denied(
    desk: Arbitration[str], election_id: int | None
) -> None:
    desk.update("a", message(5))
    given = None if election_id is None else U128.encode(election_id)
    with pytest.raises(ControlError, match="not the primary's") as refused:
        desk.check_primary("", given)
    assert refused.value.status is Status.PERMISSION_DENIED


def test_a_request_without_any_primary_is_denied(desk: Arbitration[str]) -> None:
    with pytest.raises(ControlError, match="nobody") as refused:
        desk.check_primary("", U128.encode(1))
    assert refused.value.status is Status.PERMISSION_DENIED


def test_a_request_of_a_role_that_nobody_has_is_not_found(desk: Arbitration[str]) -> None:
    with pytest.raises(ControlError, match="role 'left'") as refused:
        desk.check_primary("left", U128.encode(1))
    assert refused.value.status is Status.NOT_FOUND


class Sessions(RuleBasedStateMachine):
    """Controllers come, change their minds and go; what each was last told is the truth."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Arbitration[int] = Arbitration(DEVICE, max_clients=4)
        self.held: dict[int, int | None] = {}
        self.highest: int | None = None
        self.last_told: dict[int, int] = {}

    def _hear(self, notices: list[Notice[int]]) -> None:
        for notice in notices:
            self.last_told[notice.client] = notice.message.status.code

    @rule(client=st.integers(0, 3), election_id=st.none() | st.integers(0, 6))
    def arbitrate(self, client: int, election_id: int | None) -> None:
        others = [held for other, held in self.held.items() if other != client]
        if election_id is not None and election_id in others:
            with pytest.raises(ControlError):
                self.desk.update(client, message(election_id))
            self.leave(client)  # the stream ends
            return
        self._hear(self.desk.update(client, message(election_id)))
        self.held[client] = election_id
        if election_id is not None:
            self.highest = max(election_id, self.highest or 0)

    @rule(client=st.integers(0, 3))
    def leave(self, client: int) -> None:
        self._hear(self.desk.leave(client))
        self.held.pop(client, None)
        self.last_told.pop(client, None)

    @invariant()
    def the_primary_has_the_highest_election_id_ever_seen(self) -> None:
        for client, held in self.held.items():
            assert self.desk.is_primary(client) == (held is not None and held == self.highest)

    @invariant()
    def everybody_knows_how_things_stand(self) -> None:
        there_is_one = self.highest is not None and self.highest in self.held.values()
        for client in self.held:
            if self.desk.is_primary(client):
                assert self.last_told[client] == OK
            else:
                assert self.last_told[client] == (ALREADY_EXISTS if there_is_one else NOT_FOUND)


TestSessions = Sessions.TestCase
