"""Objects that are kept byte for byte: those known by name only, and NULL (RFC 2205 3.1.2).

The names are those of the IANA registry "RSVP Parameters": RSVP-TE and GMPLS (RFC 3209, 3473, 3477,
4090, 4872, 4873, 4875, 5420, 6780, 7551), subnet bandwidth management (RFC 2814), tunnels
(RFC 2746) and the users of the first-come range. Whether such an object is refused, ignored or
forwarded follows from the two high bits of its class (RFC 2205 3.10), which the message codec and
the engine look at, not this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from p4rsvp.wire.codes import ClassNum
from p4rsvp.wire.objects import ENTRIES, WireObject

# Classes of which no C-Type at all is interpreted.
CLASS_NAMES: dict[int, str] = {
    16: "RSVP_LABEL",
    17: "HOP_COUNT",
    18: "STRICT_SOURCE_ROUTE",
    19: "LABEL_REQUEST",
    20: "EXPLICIT_ROUTE",
    21: "RECORD_ROUTE",
    34: "RECOVERY_LABEL",
    35: "UPSTREAM_LABEL",
    36: "LABEL_SET",
    37: "PROTECTION",
    38: "PRIMARY_PATH_ROUTE",
    42: "DSBM_IP_ADDRESS",
    43: "SBM_PRIORITY",
    44: "DSBM_TIMER_INTERVALS",
    45: "SBM_INFO",
    50: "S2L_SUB_LSP",
    63: "DETOUR",
    65: "DIFF-SERV",
    66: "CLASSTYPE",
    67: "LSP_REQUIRED_ATTRIBUTES",
    128: "NODE_CHAR",
    129: "SUGGESTED_LABEL",
    130: "ACCEPTABLE_LABEL_SET",
    133: "LINK_CAPABILITY",
    161: "RSVP_HOP_L2",
    162: "LAN_NHOP_L2",
    163: "LAN_NHOP_L3",
    164: "LAN_LOOPBACK",
    165: "TCLASS",
    192: "SESSION_ASSOC",
    193: "LSP_TUNNEL_INTERFACE_ID",
    194: "USER_ERROR_SPEC",
    195: "NOTIFY_REQUEST",
    196: "ADMIN_STATUS",
    197: "LSP_ATTRIBUTES",
    198: "ALARM_SPEC",
    199: "ASSOCIATION",
    200: "SECONDARY_EXPLICIT_ROUTE",
    201: "SECONDARY_RECORD_ROUTE",
    202: "CALL_ATTRIBUTES",
    203: "REVERSE_LSP",
    205: "FAST_REROUTE",
    207: "SESSION_ATTRIBUTE",
    226: "PACKETCABLE_EXTENSIONS",
    227: "ATM_SERVICECLASS",
    228: "CALL_OPS",
    229: "GENERALIZED_UNI",
    230: "CALL_ID",
    231: "3GPP2_OBJECT",
    232: "EXCLUDE_ROUTE",
}

# (class, C-Type): further C-Types of classes that we interpret, and names within those above.
KIND_NAMES: dict[tuple[int, int], str] = {
    (1, 7): "SESSION LSP_TUNNEL_IPv4",
    (1, 8): "SESSION LSP_TUNNEL_IPv6",
    (1, 11): "SESSION UNI_IPv4",
    (1, 12): "SESSION UNI_IPv6",
    (1, 13): "SESSION P2MP_LSP_TUNNEL_IPv4",
    (1, 14): "SESSION P2MP_LSP_TUNNEL_IPv6",
    (1, 15): "SESSION ENNI_IPv4",
    (1, 16): "SESSION ENNI_IPv6",
    (3, 3): "RSVP_HOP IPv4 IF_ID",
    (3, 4): "RSVP_HOP IPv6 IF_ID",
    (6, 3): "ERROR_SPEC IPv4 IF_ID",
    (6, 4): "ERROR_SPEC IPv6 IF_ID",
    (9, 1): "FLOWSPEC reserved",
    (9, 4): "FLOWSPEC SONET/SDH",
    (9, 5): "FLOWSPEC G.709",
    (9, 6): "FLOWSPEC Ethernet",
    (9, 7): "FLOWSPEC OTN-TDM",
    (9, 8): "FLOWSPEC SSON",
    (10, 7): "FILTER_SPEC LSP_TUNNEL_IPv4",
    (10, 8): "FILTER_SPEC LSP_TUNNEL_IPv6",
    (10, 12): "FILTER_SPEC P2MP_LSP_IPv4",
    (10, 13): "FILTER_SPEC P2MP_LSP_IPv6",
    (11, 7): "SENDER_TEMPLATE LSP_TUNNEL_IPv4",
    (11, 8): "SENDER_TEMPLATE LSP_TUNNEL_IPv6",
    (11, 12): "SENDER_TEMPLATE P2MP_LSP_IPv4",
    (11, 13): "SENDER_TEMPLATE P2MP_LSP_IPv6",
    (12, 4): "SENDER_TSPEC SONET/SDH",
    (12, 5): "SENDER_TSPEC G.709",
    (12, 6): "SENDER_TSPEC Ethernet",
    (12, 7): "SENDER_TSPEC OTN-TDM",
    (12, 8): "SENDER_TSPEC SSON",
    (16, 1): "RSVP_LABEL Type 1",
    (16, 2): "RSVP_LABEL Generalized",
    (16, 3): "RSVP_LABEL Waveband_Switching",
    (19, 1): "LABEL_REQUEST without label range",
    (19, 2): "LABEL_REQUEST with ATM label range",
    (19, 3): "LABEL_REQUEST with Frame Relay label range",
    (19, 4): "LABEL_REQUEST Generalized",
    (37, 1): "PROTECTION Type 1",
    (37, 2): "PROTECTION Type 2",
    (50, 1): "S2L_SUB_LSP IPv4",
    (50, 2): "S2L_SUB_LSP IPv6",
    (63, 7): "DETOUR IPv4",
    (63, 8): "DETOUR IPv6",
    (65, 1): "DIFF-SERV E-LSP",
    (65, 2): "DIFF-SERV L-LSP",
    (195, 1): "NOTIFY_REQUEST IPv4",
    (195, 2): "NOTIFY_REQUEST IPv6",
    (198, 1): "ALARM_SPEC IPv4",
    (198, 2): "ALARM_SPEC IPv6",
    (198, 3): "ALARM_SPEC IPv4 IF_ID",
    (198, 4): "ALARM_SPEC IPv6 IF_ID",
    (199, 1): "ASSOCIATION IPv4",
    (199, 2): "ASSOCIATION IPv6",
    (199, 3): "ASSOCIATION IPv4 extended",
    (199, 4): "ASSOCIATION IPv6 extended",
    (207, 1): "SESSION_ATTRIBUTE LSP_TUNNEL_RA",
    (207, 7): "SESSION_ATTRIBUTE LSP_TUNNEL",
}

# Kept for private use (RFC 3936 2.2), and what a node that does not know them does with them.
_VENDOR_CLASSES = ((124, 128, "reject"), (188, 192, "ignore"), (252, 256, "forward"))
CLASS_NAMES.update(
    {
        class_num: f"private use {class_num} (unknown: {action})"
        for first, end, action in _VENDOR_CLASSES
        for class_num in range(first, end)
    }
)


@dataclass(frozen=True, slots=True)
class Opaque(WireObject):
    """An object whose contents we carry and do not read."""

    kind: int  # class number << 8 | C-Type
    data: bytes

    @property
    def class_num(self) -> int:  # type: ignore[override]  # here it is a value's, not the class's
        """The class number, which every other object has from its Python class."""
        return self.kind >> 8

    @property
    def c_type(self) -> int:
        return self.kind & 0xFF

    @property
    def name(self) -> str:
        """The registry's name for it."""
        return name_of(self.kind)

    def body(self) -> bytes:
        return self.data


@dataclass(frozen=True, slots=True)
class NullObject(WireObject):
    """NULL: may stand anywhere; RFC 2205 3.1.2 has receivers ignore its C-Type and contents."""

    null_type: int = 0
    data: bytes = b""

    class_num: ClassVar[int] = ClassNum.NULL

    @property
    def c_type(self) -> int:
        return self.null_type

    def body(self) -> bytes:
        return self.data


def is_known(kind: int) -> bool:
    """Whether the registries name this (class, C-Type), whether or not we read it."""
    class_num = kind >> 8
    return (
        kind in ENTRIES
        or class_num in CLASS_NAMES
        or (class_num, kind & 0xFF) in KIND_NAMES
        or class_num == ClassNum.NULL
    )


def keep(kind: int, body: bytes) -> Opaque | NullObject:
    """The value of an object for which there is no decoder."""
    if kind >> 8 == ClassNum.NULL:
        return NullObject(kind & 0xFF, body)
    return Opaque(kind, body)


def name_of(kind: int) -> str:
    """A name for any (class, C-Type) whatever, as near to the registry's as there is one."""
    class_num, c_type = kind >> 8, kind & 0xFF
    if kind in ENTRIES:
        return ENTRIES[kind].name
    if (class_num, c_type) in KIND_NAMES:
        return KIND_NAMES[class_num, c_type]
    if class_num == ClassNum.NULL:
        return "NULL"
    if class_num in CLASS_NAMES:
        return f"{CLASS_NAMES[class_num]} C-Type {c_type}"
    return f"class {class_num} C-Type {c_type}"
