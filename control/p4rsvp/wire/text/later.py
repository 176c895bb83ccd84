"""The objects of later RFCs in words: security, refresh reduction, Hello, diagnostics, DCLASS."""

from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.diagnostics import DiagError, Diagnostic, DiagResponse, DiagSelect, Route
from p4rsvp.wire.integrity import Challenge, Integrity
from p4rsvp.wire.opaque import name_of
from p4rsvp.wire.refresh import (
    MessageId,
    MessageIdAck,
    MessageIdList,
    MessageIdMcastList,
    MessageIdNack,
    MessageIdSrcList,
)
from p4rsvp.wire.restart import INDETERMINATE_MS, Capability, HelloAck, HelloRequest, RestartCap
from p4rsvp.wire.text.core import (
    class_name,
    contained,
    describe,
    flags,
    inline,
    joined,
    listed,
    octets,
)
from p4rsvp.wire.text.rfc2205 import dscp
from p4rsvp.wire.text.units import duration

_DIAG_ERRORS = (
    (DiagError.NO_PATH_STATE, "no path state"),
    (DiagError.PACKET_TOO_BIG, "packet too big"),
    (DiagError.ROUTE_TOO_BIG, "route too big"),
)


@describe.register
def _(item: Integrity) -> list[str]:
    return [
        joined(
            f"key {item.key_id:#014x}",
            f"sequence {item.sequence}",
            "handshake" if item.handshake else None,
        ),
        f"digest {octets(item.digest)}",
    ]


@describe.register
def _(item: Challenge) -> list[str]:
    return [joined(f"key {item.key_id:#014x}", f"cookie {octets(item.cookie)}")]


@describe.register
def _(item: MessageId) -> list[str]:
    return [
        joined(_message(item.epoch, item.message_id), "ACK desired" if item.ack_desired else None)
    ]


@describe.register
def _(item: MessageIdAck) -> list[str]:
    return [joined(_message(item.epoch, item.message_id), "acknowledged", _recovery(item))]


@describe.register
def _(item: MessageIdNack) -> list[str]:
    return [joined(_message(item.epoch, item.message_id), "NACK: not known", _recovery(item))]


@describe.register
def _(item: MessageIdList) -> list[str]:
    return [joined(f"epoch {item.epoch:#08x}", f"ids {listed(item.message_ids)}", _recovery(item))]


@describe.register
def _(item: MessageIdSrcList) -> list[str]:
    entries = [f"{entry.message_id} from {entry.source}" for entry in item.entries]
    return [joined(f"epoch {item.epoch:#08x}", f"ids {listed(entries)}")]


@describe.register
def _(item: MessageIdMcastList) -> list[str]:
    entries = [f"{e.message_id} from {e.source} to {e.destination}" for e in item.entries]
    return [joined(f"epoch {item.epoch:#08x}", f"ids {listed(entries)}")]


def _message(epoch: int, message_id: int) -> str:
    return joined(f"epoch {epoch:#08x}", f"id {message_id}")


def _recovery(item: MessageIdAck | MessageIdNack | MessageIdList) -> str | None:
    """RFC 5063 5.1: about Path state that a RecoveryPath can bring back."""
    return "of RecoveryPath" if item.recovery_path else None


@describe.register
def _(item: HelloRequest) -> list[str]:
    return [joined("REQUEST", _instances(item.src_instance, item.dst_instance))]


@describe.register
def _(item: HelloAck) -> list[str]:
    return [joined("ACK", _instances(item.src_instance, item.dst_instance))]


def _instances(source: int, destination: int) -> str:
    return joined(f"source instance {source:#010x}", f"destination instance {destination:#010x}")


@describe.register
def _(item: RestartCap) -> list[str]:
    restart, recovery = item.restart_time_ms, item.recovery_time_ms
    patience = "any time" if restart == INDETERMINATE_MS else duration(restart * 1000)
    kept = f"recovery within {duration(recovery * 1000)}" if recovery else "no state was kept"
    return [joined(f"restart within {patience}", kept)]


@describe.register
def _(item: Capability) -> list[str]:
    able = {
        "RecoveryPath transmit enabled": item.transmit_enabled,
        "RecoveryPath desired": item.recovery_desired,
        "RecoveryPath Srefresh capable": item.srefresh_capable,
    }
    return [listed([name for name, is_set in able.items() if is_set])]


@describe.register
def _(item: Dclass) -> list[str]:
    return [f"DSCP {listed([dscp(value) for value in item.dscps])}"]


@describe.register
def _(item: Diagnostic) -> list[str]:
    limit = f" of at most {item.max_hops}" if item.max_hops else ""
    offset = item.fragment_offset_bytes
    return [
        joined(
            f"request {item.request_id:#010x}",
            f"hop {item.hop_count}{limit}",
            f"path MTU {item.path_mtu_bytes} B",
            f"fragment at {offset} B" if offset else None,
            "more fragments follow" if item.more_fragments else None,
        ),
        joined(
            f"about sender {inline(item.sender)}",
            f"from last hop {item.last_hop}",
            f"for {inline(item.requester)}",
        ),
    ]


@describe.register
def _(item: DiagSelect) -> list[str]:
    # RFC 2745 3.4: C-Type 0 stands for every C-Type.
    names = [name_of(kind) if kind & 0xFF else class_name(kind >> 8) for kind in item.kinds]
    return [listed(names)]


@describe.register
def _(item: Route) -> list[str]:
    return [joined(listed(item.nodes), f"pointer {item.pointer}")]


@describe.register
def _(item: DiagResponse) -> list[str]:
    seconds, fraction = item.arrival_time >> 16, item.arrival_time & 0xFFFF
    return [
        joined(
            f"in {item.incoming}",
            f"out {item.outgoing}",
            f"previous hop {item.previous_hop}",
            flags(item.error, _DIAG_ERRORS),
        ),
        joined(
            f"arrived at {seconds + fraction / 0x10000:.3f} s (of NTP, modulo 65536)",
            f"{item.ip_hops} IP hop{'' if item.ip_hops == 1 else 's'} away",
            f"K {item.refresh_multiple}",
            f"R {item.refresh_period_s} s",
            "merged" if item.merged else None,
        ),
        *(line for inner in item.objects for line in contained(inner)),
    ]
