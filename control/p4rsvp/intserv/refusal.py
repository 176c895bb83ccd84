"""The one exception of traffic control: no, and what the error message has to say (RFC 2205 B)."""

from __future__ import annotations

from p4rsvp.wire.codes import AdmissionValue, ErrorCode, TrafficControlValue


class Refused(Exception):  # noqa: N818 (an answer, not a fault of the program)
    """A request that cannot be granted; names the error code and value, and the reason in words."""

    def __init__(self, code: ErrorCode, value: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.value = value
        self.sentence = sentence


def traffic_control(value: TrafficControlValue, sentence: str) -> Refused:
    """Error 21: the request itself is at fault, and repeating it would be futile."""
    return Refused(ErrorCode.TRAFFIC_CONTROL_ERROR, value, sentence)


def admission(value: AdmissionValue, sentence: str) -> Refused:
    """Error 1: the resources are not there."""
    return Refused(ErrorCode.ADMISSION_CONTROL_FAILURE, value, sentence)
