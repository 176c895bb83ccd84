"""Sockets that reserve for what goes through them, between two hosts with real agents."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from struct import pack

import pytest

from p4rsvp.host.happenings import PathArrived, ReservationGone, Reserved
from p4rsvp.host.qos import (
    FLOWSPEC,
    NOT_SPECIFIED,
    QOS,
    DestAddr,
    Permission,
    RsvpReserveInfo,
    ServiceType,
    StatusCode,
)
from p4rsvp.host.qos_socket import SO_MAX_PACING_RATE, QosSocket, Status
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import PortSelector
from p4rsvp.wire.policy import PolicyData
from tests.host.conftest import A, B, ServedHost
from tests.host.namespaces import inside, needs_namespaces
from tests.host.test_socket import served

pytestmark = needs_namespaces

WAIT_S = 5.0
VIDEO = FLOWSPEC(token_rate=125_000, service_type=ServiceType.CONTROLLED_LOAD)
SENDS = QOS(sending=VIDEO)
RECEIVES = QOS(receiving=VIDEO)


def news(of: QosSocket, code: StatusCode) -> Status:
    """The next news of this code; any other before it is passed over."""
    while True:
        status = of.status(WAIT_S)
        if status.code is code:
            return status


def permission(of: QosSocket) -> Permission:
    return of.permission


def test_both_directions_of_a_tcp_connection_are_reserved_for(
    served_hosts: dict[str, ServedHost],
) -> None:
    with inside(served_hosts["b"].namespace):
        server = QosSocket(qos=QOS(VIDEO, VIDEO), agent=served_hosts["b"].agent)
        server.bind((B, 0))
        server.listen()
    with inside(served_hosts["a"].namespace):
        client = QosSocket(agent=served_hosts["a"].agent)
        client.connect(server.getsockname(), QOS(VIDEO, VIDEO))
    connection, _ = server.accept()
    with server, client, connection:
        for one in (client, connection):
            news(one, StatusCode.REQUEST_CONFIRMED)
        client.sendall(b"hello")
        assert connection.recv(5) == b"hello"
        for one in (client, connection):
            while one.permission is not Permission.ALLOWED:
                news(one, StatusCode.RECEIVERS)


def test_a_group_s_receiver_reserves_when_a_path_arrives(
    served_hosts: dict[str, ServedHost],
) -> None:
    group, port = "239.1.1.2", 5006
    with inside(served_hosts["b"].namespace):
        receiver = QosSocket(
            socket.AF_INET, socket.SOCK_DGRAM, qos=RECEIVES, agent=served_hosts["b"].agent
        )
        receiver.bind(("", port))
        joined = pack("=4s4s", socket.inet_aton(group), socket.inet_aton(B))
        receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    with inside(served_hosts["a"].namespace):
        sender = QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=served_hosts["a"].agent)
        sender.bind((A, 0))
        sender.set_qos(QOS(sending=VIDEO, provider_specific=(DestAddr(group, port),)))
    with receiver, sender:
        assert permission(sender) in {Permission.QUEUED, Permission.ALLOWED}
        news(receiver, StatusCode.SENDERS)
        news(sender, StatusCode.RECEIVERS)
        assert permission(sender) is Permission.ALLOWED
        receiver.close()
        news(sender, StatusCode.NO_RECEIVERS)
        assert permission(sender) is Permission.QUEUED


def test_a_socket_reserves_at_once_where_the_path_is_there_already(
    served_hosts: dict[str, ServedHost],
) -> None:
    port = 5010
    with inside(served_hosts["a"].namespace):
        sender = QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=served_hosts["a"].agent)
        sender.connect((B, port), SENDS)
    with inside(served_hosts["b"].namespace):
        early, late = (
            QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=served_hosts["b"].agent)
            for _ in range(2)
        )
        early.set_qos(QOS(receiving=FLOWSPEC(service_type=ServiceType.QUALITATIVE)))
        early.bind((B, port))
    with sender, early, late:
        news(early, StatusCode.SENDERS)
        early.set_qos(QOS())  # so that the port is free for another, and the Path stays
        with inside(served_hosts["b"].namespace):
            early.close()
            late.bind((B, port))
        late.set_qos(RECEIVES)
        news(late, StatusCode.REQUEST_CONFIRMED)


def test_an_unconnected_receiver_is_told_when_the_network_refuses(
    served_hosts: dict[str, ServedHost],
) -> None:
    much = FLOWSPEC(token_rate=50_000_000, service_type=ServiceType.CONTROLLED_LOAD)
    with inside(served_hosts["b"].namespace):
        receiver = QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=served_hosts["b"].agent)
        receiver.set_qos(QOS(receiving=much))
        receiver.bind((B, 0))
    with inside(served_hosts["a"].namespace):
        sender = QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=served_hosts["a"].agent)
        sender.connect(receiver.getsockname(), QOS(sending=much))
    with receiver, sender:
        refused = news(receiver, StatusCode.ADMISSION_FAILURE)
        assert refused.text.startswith(f"{A} refused the reservation: admission control failure")
        assert sender.permission is Permission.QUEUED
        assert sender.get_qos() == QOS(sending=much)


def test_a_socket_of_best_effort_needs_no_agent(tmp_path: Path) -> None:
    with QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=tmp_path / "none") as plain:
        plain.bind(("127.0.0.1", 0))
        plain.connect(plain.getsockname())
        plain.send(b"x")
        assert plain.recv(1) == b"x"
        assert plain.permission is Permission.ALLOWED
        with pytest.raises(TimeoutError):
            plain.status(timeout_s=0)


def test_a_socket_that_shapes_keeps_to_its_token_rate() -> None:
    quiet = FLOWSPEC(token_rate=1_000_000)  # best effort, so that no agent is asked
    with QosSocket(qos=QOS(sending=quiet), shapes=True) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with QosSocket(shapes=True) as client:
            client.connect(server.getsockname(), QOS(sending=quiet))
            connection, _ = server.accept()
            with connection:
                for one in (client, connection):
                    told = one.getsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE)
                    assert told == 1_000_000
                client.set_qos(QOS())
                limit = client.getsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE)
                assert limit % (1 << 32) == NOT_SPECIFIED, "none"


def test_policy_and_the_wish_for_no_confirmation_are_what_reserve_info_says(
    hosts: dict[str, str], tmp_path: Path
) -> None:
    policy = (PolicyData(b"for whoever reads it"),)
    info = RsvpReserveInfo(confirm_request=False, policy=policy)

    def connected(name: str, qos: QOS, ends: tuple[str, str]) -> QosSocket:
        with inside(hosts[name]):
            made = QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=tmp_path / name)
            made.bind((ends[0], 5011))
            made.connect((ends[1], 5011), qos)
            return made

    async def run() -> None:
        sends = QOS(sending=VIDEO, provider_specific=(RsvpReserveInfo(policy=policy),))
        receives = QOS(receiving=VIDEO, provider_specific=(info,))
        async with served(hosts["a"], tmp_path / "a") as a, served(hosts["b"], tmp_path / "b"):
            sender = await asyncio.to_thread(connected, "a", sends, (A, B))
            receiver = await asyncio.to_thread(connected, "b", receives, (B, A))
            assert receiver.get_qos() == receives
            arrived = await asyncio.to_thread(news, receiver, StatusCode.SENDERS)
            assert isinstance(arrived.happening, PathArrived)
            assert arrived.happening.policy == policy
            await asyncio.to_thread(news, sender, StatusCode.RECEIVERS)
            (state,) = a.node.sessions.values()
            (rsb,) = state.rsbs
            assert (rsb.policy, rsb.confirm) == (policy, None)
            for one in (sender, receiver):
                await asyncio.to_thread(one.close)

    asyncio.run(run())


@pytest.mark.rfc("2997", "4.4")
def test_a_qualitative_socket_is_known_to_the_network_by_the_null_service(
    served_hosts: dict[str, ServedHost],
) -> None:
    any_service = FLOWSPEC(service_type=ServiceType.QUALITATIVE)
    with inside(served_hosts["b"].namespace):
        receiver = QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=served_hosts["b"].agent)
        receiver.bind((B, 5012))
        receiver.set_qos(QOS(receiving=any_service))
    with inside(served_hosts["a"].namespace):
        sender = QosSocket(socket.AF_INET, socket.SOCK_DGRAM, agent=served_hosts["a"].agent)
        sender.connect((B, 5012), QOS(sending=any_service))
    with receiver, sender:
        assert "Null Service" in news(sender, StatusCode.RECEIVERS).text
        assert permission(sender) is Permission.ALLOWED


@pytest.mark.rfc("2996", "3")
@pytest.mark.parametrize(
    ("family", "level", "option"),
    [
        (socket.AF_INET, socket.IPPROTO_IP, socket.IP_TOS),
        (socket.AF_INET6, socket.IPPROTO_IPV6, socket.IPV6_TCLASS),
    ],
)
def test_a_socket_marks_its_packets_as_long_as_the_network_wants_it(
    family: int, level: int, option: int
) -> None:
    sender = PortSelector(Address.parse("10.0.0.1"), 4000)
    with QosSocket(family, socket.SOCK_DGRAM) as its:
        its._sender_news(Reserved(sender, None, (), dscps=(10,)))
        assert its.getsockopt(level, option) == 10 << 2
        its._sender_news(ReservationGone(sender))
        assert its.getsockopt(level, option) == 0
