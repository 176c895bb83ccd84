"""Messages about the program everything.p4 that are right; tests make them wrong."""

from __future__ import annotations

from typing import Any

from finsy.proto import p4r

from tests.p4rt.rig import id_of


def encode(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def action(alias: str, *values: int) -> p4r.Action:
    made = p4r.Action(action_id=id_of(alias))
    for number, value in enumerate(values, 1):
        made.params.add(param_id=number, value=encode(value))
    return made


def direct(alias: str, *values: int) -> p4r.TableAction:
    return p4r.TableAction(action=action(alias, *values))


def exact(field_id: int, value: int) -> p4r.FieldMatch:
    return p4r.FieldMatch(field_id=field_id, exact=p4r.FieldMatch.Exact(value=encode(value)))


def neighbour(source: int = 0x02, **more: Any) -> p4r.TableEntry:
    """Exact, with an idle timeout."""
    more.setdefault("action", direct("NoAction"))
    return p4r.TableEntry(table_id=id_of("neighbours"), match=[exact(1, source)], **more)


def route(destination: int = 0x0A000000, length: int = 8, **more: Any) -> p4r.TableEntry:
    """Longest prefix, with a direct counter."""
    more.setdefault("action", direct("forward", 3))
    prefix = p4r.FieldMatch.LPM(value=encode(destination), prefix_len=length)
    return p4r.TableEntry(
        table_id=id_of("routes"), match=[p4r.FieldMatch(field_id=1, lpm=prefix)], **more
    )


def value_set(*types: int) -> p4r.ValueSetEntry:
    """What the parser takes for IPv4 besides 0x0800."""
    members = [p4r.ValueSetMember(match=[exact(1, one)]) for one in types]
    return p4r.ValueSetEntry(value_set_id=id_of("ipv4_types"), members=members)


def filter_entry(priority: int = 5, port: int = 1, **more: Any) -> p4r.TableEntry:
    """Ternary, range, optional and exact, with a direct meter."""
    more.setdefault("action", direct("admit"))
    source = p4r.FieldMatch.Ternary(value=encode(0x0A000000), mask=encode(0xFF000000))
    length = p4r.FieldMatch.Range(low=encode(64), high=encode(1500))
    match = [
        p4r.FieldMatch(field_id=1, ternary=source),
        p4r.FieldMatch(field_id=2, range=length),
        p4r.FieldMatch(field_id=3, optional=p4r.FieldMatch.Optional(value=encode(17))),
        exact(4, port),
    ]
    more.setdefault("match", match)
    return p4r.TableEntry(table_id=id_of("filters"), priority=priority, **more)


def member(member_id: int = 1, port: int = 1, **more: Any) -> p4r.ActionProfileMember:
    more.setdefault("action", action("forward", port))
    return p4r.ActionProfileMember(action_profile_id=id_of("uplinks"), member_id=member_id, **more)


def group(group_id: int = 1, members: tuple[int, ...] = (1,), **more: Any) -> Any:
    made = p4r.ActionProfileGroup(action_profile_id=id_of("uplinks"), group_id=group_id, **more)
    for member_id in members:
        made.members.add(member_id=member_id, weight=1)
    return made


def balanced(destination: int = 1, **table_action: Any) -> p4r.TableEntry:
    return p4r.TableEntry(
        table_id=id_of("balanced"),
        match=[exact(1, destination)],
        action=p4r.TableAction(**table_action),
    )


def one_shot(*ports: int) -> p4r.ActionProfileActionSet:
    made = p4r.ActionProfileActionSet()
    for port in ports:
        one = made.action_profile_actions.add(weight=1, watch_port=encode(port))
        one.action.CopyFrom(action("forward", port))
    return made


def multicast(group_id: int = 1, *ports: int) -> p4r.PacketReplicationEngineEntry:
    made = p4r.MulticastGroupEntry(multicast_group_id=group_id, metadata=b"note")
    for port in ports:
        made.replicas.add(port=encode(port), instance=port + 100)
    return p4r.PacketReplicationEngineEntry(multicast_group_entry=made)


def clone_session(session_id: int = 1, *ports: int) -> p4r.PacketReplicationEngineEntry:
    made = p4r.CloneSessionEntry(session_id=session_id, packet_length_bytes=64)
    for port in ports:
        made.replicas.add(port=encode(port), instance=1)
    return p4r.PacketReplicationEngineEntry(clone_session_entry=made)
