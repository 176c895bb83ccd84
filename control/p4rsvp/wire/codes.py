"""Every number that RSVP names: message types, object classes, error codes and error values.

RFC 2205 3.1.1 (message types), A (classes), B (errors); RFC 2745, 2747, 2750, 2961, 2996, 3175,
3181, 3209, 3473, 3936 (the registry's rules), 4495, 4860, 5063, 5946 for what came later. Numbers
and their sentences only.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class MessageType(IntEnum):
    """The Msg Type of the common header."""

    PATH = 1
    RESV = 2
    PATH_ERR = 3
    RESV_ERR = 4
    PATH_TEAR = 5
    RESV_TEAR = 6
    RESV_CONF = 7
    DREQ = 8  # RFC 2745
    DREP = 9
    BUNDLE = 12  # RFC 2961; RFC 2747's Integrity Challenge had the number first and moved to 25
    ACK = 13
    SREFRESH = 15
    HELLO = 20  # RFC 3209
    INTEGRITY_CHALLENGE = 25
    INTEGRITY_RESPONSE = 26
    RECOVERY_PATH = 30  # RFC 5063


class ClassNum(IntEnum):
    """The Class-Num of an object header, of the classes that we read; opaque.py names others."""

    NULL = 0
    SESSION = 1
    RSVP_HOP = 3
    INTEGRITY = 4
    TIME_VALUES = 5
    ERROR_SPEC = 6
    SCOPE = 7
    STYLE = 8
    FLOWSPEC = 9
    FILTER_SPEC = 10
    SENDER_TEMPLATE = 11
    SENDER_TSPEC = 12
    ADSPEC = 13
    POLICY_DATA = 14
    RESV_CONFIRM = 15
    HELLO = 22
    MESSAGE_ID = 23
    MESSAGE_ID_ACK = 24
    MESSAGE_ID_LIST = 25
    DIAGNOSTIC = 30
    ROUTE = 31
    DIAG_RESPONSE = 32
    DIAG_SELECT = 33
    CHALLENGE = 64
    RESTART_CAP = 131
    SESSION_OF_INTEREST = 132
    CAPABILITY = 134
    DCLASS = 225


class UnknownClassAction(IntEnum):
    """What a node does with an object of a class that it does not know (RFC 2205 3.10)."""

    REJECT = 0
    IGNORE = 2
    FORWARD = 3

    @classmethod
    def of(cls, class_num: int) -> UnknownClassAction:
        """Read the action off the two high-order bits of the class number."""
        return cls(class_num >> 6) if class_num & 0x80 else cls.REJECT


class ErrorCode(IntEnum):
    """RFC 2205 appendix B, and the codes that later RFCs added."""

    CONFIRMATION = 0
    ADMISSION_CONTROL_FAILURE = 1
    POLICY_CONTROL_FAILURE = 2
    NO_PATH_INFORMATION = 3
    NO_SENDER_INFORMATION = 4
    CONFLICTING_STYLE = 5
    UNKNOWN_STYLE = 6
    CONFLICTING_DEST_PORTS = 7
    CONFLICTING_SENDER_PORTS = 8
    SERVICE_PREEMPTED = 12
    UNKNOWN_OBJECT_CLASS = 13
    UNKNOWN_OBJECT_C_TYPE = 14
    API_ERROR = 20
    TRAFFIC_CONTROL_ERROR = 21
    TRAFFIC_CONTROL_SYSTEM_ERROR = 22
    RSVP_SYSTEM_ERROR = 23
    ROUTING_PROBLEM = 24  # RFC 3209
    NOTIFY = 25  # RFC 3209
    NEW_AGGREGATE_NEEDED = 26  # RFC 3175 3.2
    UNRECOVERABLE_RECEIVER_PROXY_ERROR = 36  # RFC 5946 3.1.2


class AdmissionValue(IntEnum):
    """Globally defined sub-codes of ADMISSION_CONTROL_FAILURE (ssur = 0000)."""

    DELAY_BOUND_CANNOT_BE_MET = 1
    BANDWIDTH_UNAVAILABLE = 2
    MTU_TOO_LARGE = 3


class TrafficControlValue(IntEnum):
    """Globally defined sub-codes of TRAFFIC_CONTROL_ERROR (ss = 00)."""

    SERVICE_CONFLICT = 1
    SERVICE_UNSUPPORTED = 2
    BAD_FLOWSPEC = 3
    BAD_TSPEC = 4
    BAD_ADSPEC = 5


class PolicyValue(IntEnum):
    """RFC 2750 appendix A, and RFC 4495 5.1: values of POLICY_CONTROL_FAILURE."""

    ERR_INFO = 0
    ERR_WARN = 1
    ERR_UNKNOWN = 2
    ERR_REJECT = 3
    ERR_EXCEED = 4
    ERR_PREEMPT = 5
    ERR_EXPIRED = 6
    ERR_REPLACED = 7
    ERR_MERGE = 8
    ERR_PDP = 9
    ERR_SERVER = 10
    ERR_PD_SYNTX = 11
    ERR_PD_INTGR = 12
    ERR_PE_BAD = 13
    ERR_PD_MISS = 14
    ERR_NO_RSC = 15
    ERR_RSVP = 16
    ERR_SERVICE = 17
    ERR_STYLE = 18
    ERR_FL_SPEC = 19
    ERR_PARTIAL_PREEMPT = 102


class ErrorFlag(IntFlag):
    """Flags of an ERROR_SPEC (RFC 2205 A.5)."""

    IN_PLACE = 0x01
    NOT_GUILTY = 0x02


class SessionFlag(IntFlag):
    """Flags of a SESSION (RFC 2205 A.1)."""

    E_POLICE = 0x01


class HeaderFlag(IntFlag):
    """Flags of the common header."""

    REFRESH_REDUCTION_CAPABLE = 0x01  # RFC 2961 2


ERROR_TEXT: dict[ErrorCode, str] = {
    ErrorCode.CONFIRMATION: "confirmation",
    ErrorCode.ADMISSION_CONTROL_FAILURE: "admission control failure",
    ErrorCode.POLICY_CONTROL_FAILURE: "policy control failure",
    ErrorCode.NO_PATH_INFORMATION: "no path information for this Resv",
    ErrorCode.NO_SENDER_INFORMATION: "no sender information for this Resv",
    ErrorCode.CONFLICTING_STYLE: "conflicting reservation style",
    ErrorCode.UNKNOWN_STYLE: "unknown reservation style",
    ErrorCode.CONFLICTING_DEST_PORTS: "destination ports both zero and non-zero",
    ErrorCode.CONFLICTING_SENDER_PORTS: "sender ports both zero and non-zero",
    ErrorCode.SERVICE_PREEMPTED: "service preempted",
    ErrorCode.UNKNOWN_OBJECT_CLASS: "unknown object class",
    ErrorCode.UNKNOWN_OBJECT_C_TYPE: "unknown object C-Type",
    ErrorCode.API_ERROR: "API error",
    ErrorCode.TRAFFIC_CONTROL_ERROR: "traffic control error",
    ErrorCode.TRAFFIC_CONTROL_SYSTEM_ERROR: "traffic control system error",
    ErrorCode.RSVP_SYSTEM_ERROR: "RSVP system error",
    ErrorCode.ROUTING_PROBLEM: "routing problem",
    ErrorCode.NOTIFY: "notify",
    ErrorCode.NEW_AGGREGATE_NEEDED: "new aggregate needed",
    ErrorCode.UNRECOVERABLE_RECEIVER_PROXY_ERROR: "the receiver's proxy could not reserve",
}

VALUE_TEXT: dict[ErrorCode, dict[int, str]] = {
    ErrorCode.ADMISSION_CONTROL_FAILURE: {
        AdmissionValue.DELAY_BOUND_CANNOT_BE_MET: "delay bound cannot be met",
        AdmissionValue.BANDWIDTH_UNAVAILABLE: "requested bandwidth unavailable",
        AdmissionValue.MTU_TOO_LARGE: "MTU in flowspec larger than interface MTU",
    },
    ErrorCode.TRAFFIC_CONTROL_ERROR: {
        TrafficControlValue.SERVICE_CONFLICT: "service conflict",
        TrafficControlValue.SERVICE_UNSUPPORTED: "service unsupported",
        TrafficControlValue.BAD_FLOWSPEC: "bad flowspec value",
        TrafficControlValue.BAD_TSPEC: "bad Tspec value",
        TrafficControlValue.BAD_ADSPEC: "bad Adspec value",
    },
    ErrorCode.POLICY_CONTROL_FAILURE: {
        PolicyValue.ERR_INFO: "information only",
        PolicyValue.ERR_WARN: "warning",
        PolicyValue.ERR_UNKNOWN: "reason unknown",
        PolicyValue.ERR_REJECT: "rejected by policy",
        PolicyValue.ERR_EXCEED: "quota or accounting violation",
        PolicyValue.ERR_PREEMPT: "flow was preempted",
        PolicyValue.ERR_EXPIRED: "installed policy expired",
        PolicyValue.ERR_REPLACED: "policy data was replaced and caused rejection",
        PolicyValue.ERR_MERGE: "policies could not be merged",
        PolicyValue.ERR_PDP: "policy decision point down",
        PolicyValue.ERR_SERVER: "third-party server unavailable",
        PolicyValue.ERR_PD_SYNTX: "POLICY_DATA has bad syntax",
        PolicyValue.ERR_PD_INTGR: "POLICY_DATA failed its integrity check",
        PolicyValue.ERR_PE_BAD: "policy element has bad syntax",
        PolicyValue.ERR_PD_MISS: "mandatory policy element missing",
        PolicyValue.ERR_NO_RSC: "no resources to handle policies",
        PolicyValue.ERR_RSVP: "decision point met bad RSVP objects",
        PolicyValue.ERR_SERVICE: "service type rejected",
        PolicyValue.ERR_STYLE: "reservation style rejected",
        PolicyValue.ERR_FL_SPEC: "flowspec rejected (too large)",
        PolicyValue.ERR_PARTIAL_PREEMPT: "flow was partially preempted (RFC 4495)",
    },
}

# RFC 2205 B, the Error Value "ssur cccc cccc cccc": ss says whose sub-code the low twelve bits are,
# u that the message was acted upon all the same. Error code 21 has zeros for u and r.
_SUB_CODED = frozenset(
    (
        ErrorCode.ADMISSION_CONTROL_FAILURE,
        ErrorCode.SERVICE_PREEMPTED,
        ErrorCode.TRAFFIC_CONTROL_ERROR,
    )
)
_OWNERS = {0b10: "organisation", 0b11: "service"}
_INFORMATIONAL = 0x2000
_SUB_CODE = 0xFFF


def error_text(code: int, value: int) -> str:
    """Say in words what an error code and value mean; numbers stand where no name exists."""
    if code not in ErrorCode.__members__.values():
        return f"error code {code}, value {value}"
    known = ErrorCode(code)
    text = ERROR_TEXT[known]
    if known in (ErrorCode.UNKNOWN_OBJECT_CLASS, ErrorCode.UNKNOWN_OBJECT_C_TYPE):
        return f"{text} (class {value >> 8}, C-Type {value & 0xFF})"
    if known in _SUB_CODED:
        if value & _INFORMATIONAL:
            return f"{error_text(code, value & ~_INFORMATIONAL)}, for information only"
        owner = _OWNERS.get(value >> 14)
        if owner is not None:
            return f"{text}: {owner}-specific sub-code {value & _SUB_CODE}"
    detail = VALUE_TEXT.get(known, {}).get(value) or _proxys_reason(known, value)
    if detail is not None:
        return f"{text}: {detail}"
    return text if value == 0 else f"{text}, value {value}"


def _proxys_reason(code: ErrorCode, value: int) -> str | None:
    """RFC 5946 3.1.2: the low byte of the value may be the code that a proxy was refused with."""
    reason = value & 0xFF
    if code is not ErrorCode.UNRECOVERABLE_RECEIVER_PROXY_ERROR or value - reason != 0x0100:
        return None
    return ERROR_TEXT[ErrorCode(reason)] if reason in ErrorCode.__members__.values() else None
