"""Error codes and values in words (RFC 2205 appendix B), and what an unknown class asks for."""

from enum import IntEnum

import pytest

from p4rsvp.wire.codes import (
    ERROR_TEXT,
    VALUE_TEXT,
    AdmissionValue,
    ErrorCode,
    PolicyValue,
    TrafficControlValue,
    UnknownClassAction,
    error_text,
)

NO_BANDWIDTH = AdmissionValue.BANDWIDTH_UNAVAILABLE


@pytest.mark.rfc("2205", "B")
def test_every_error_code_has_words_of_its_own() -> None:
    assert set(ERROR_TEXT) == set(ErrorCode)
    assert len(set(ERROR_TEXT.values())) == len(ErrorCode)


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    ("code", "values"),
    [
        (ErrorCode.ADMISSION_CONTROL_FAILURE, AdmissionValue),
        (ErrorCode.TRAFFIC_CONTROL_ERROR, TrafficControlValue),
        (ErrorCode.POLICY_CONTROL_FAILURE, PolicyValue),
    ],
)
def test_every_named_value_has_words_of_its_own(code: ErrorCode, values: type[IntEnum]) -> None:
    assert set(VALUE_TEXT[code]) == set(values)
    assert len(set(VALUE_TEXT[code].values())) == len(values)


@pytest.mark.rfc("2205", "B")
@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        (0, 0, "confirmation"),
        (1, NO_BANDWIDTH, "admission control failure: requested bandwidth unavailable"),
        (
            1,
            0x2000 | NO_BANDWIDTH,
            "admission control failure: requested bandwidth unavailable, for information only",
        ),
        (1, 0x8007, "admission control failure: organisation-specific sub-code 7"),
        pytest.param(
            2,
            102,
            "policy control failure: flow was partially preempted (RFC 4495)",
            marks=pytest.mark.rfc("4495", "5.1"),
        ),
        (12, 0, "service preempted"),
        (13, 0x7F02, "unknown object class (class 127, C-Type 2)"),
        (14, 0x0163, "unknown object C-Type (class 1, C-Type 99)"),
        (21, 0xC001, "traffic control error: service-specific sub-code 1"),
        (23, 5, "RSVP system error, value 5"),
        pytest.param(26, 0, "new aggregate needed", marks=pytest.mark.rfc("3175", "3.2")),
        (99, 5, "error code 99, value 5"),
    ],
)
def test_an_error_reads_as_its_value_is_composed(code: int, value: int, text: str) -> None:
    assert error_text(code, value) == text


@pytest.mark.rfc("2205", "3.10")
@pytest.mark.parametrize(
    ("class_nums", "action"),
    [
        (range(128), UnknownClassAction.REJECT),
        (range(128, 192), UnknownClassAction.IGNORE),
        (range(192, 256), UnknownClassAction.FORWARD),
    ],
)
def test_the_high_bits_of_a_class_say_what_who_does_not_know_it_does(
    class_nums: range, action: UnknownClassAction
) -> None:
    assert {UnknownClassAction.of(class_num) for class_num in class_nums} == {action}


@pytest.mark.rfc("5946", "3.1.2")
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "the receiver's proxy could not reserve"),
        (0x0115, "the receiver's proxy could not reserve: traffic control error"),
        (0x01FF, "the receiver's proxy could not reserve, value 511"),
    ],
)
def test_a_proxy_s_error_says_what_it_was_refused_with(value: int, text: str) -> None:
    assert error_text(ErrorCode.UNRECOVERABLE_RECEIVER_PROXY_ERROR, value) == text
