"""Counter values and meter configurations (9.3, 9.4), shared by direct and indirect resources."""

from __future__ import annotations

from typing import Final

from finsy.proto import p4i, p4r

from p4rsvp.dataplane.entities import CounterData, MeterConfig, MeterCounters
from p4rsvp.dataplane.errors import ControlError, Status

_Type = p4i.MeterSpec.Type


def decode_counter(message: p4r.CounterData, what: str) -> CounterData:
    """Read what a counter is to hold."""
    if message.byte_count < 0 or message.packet_count < 0:
        raise ControlError(Status.INVALID_ARGUMENT, f"{what}: a counter cannot be negative")
    return CounterData(message.byte_count, message.packet_count)


def encode_counter(data: CounterData, message: p4r.CounterData) -> None:
    """Write what a counter holds; zeros too are set."""
    message.byte_count, message.packet_count = data
    message.SetInParent()


class Metering:
    """What kind of meter takes which configuration (9.4)."""

    def __init__(self, spec: p4i.MeterSpec, what: str) -> None:
        self.what: Final = what
        self._single_rate = spec.type != _Type.TWO_RATE_THREE_COLOR
        self._excess = spec.type == _Type.SINGLE_RATE_THREE_COLOR

    def decode(self, message: p4r.MeterConfig) -> MeterConfig:
        """Read a configuration."""
        config = MeterConfig(message.cir, message.cburst, message.pir, message.pburst)
        if min(config) < 0 or message.eburst < 0:
            raise self._invalid("config: rates and bursts cannot be negative")
        if self._single_rate and config[:2] != config[2:]:
            raise self._invalid("config: a single-rate meter wants pir = cir and pburst = cburst")
        if message.eburst:
            if not self._excess:
                raise self._invalid("config: eburst is for single-rate three-colour meters only")
            raise ControlError(
                Status.UNIMPLEMENTED, f"{self.what}, config: no excess burst in this data plane"
            )
        return config

    @staticmethod
    def encode(config: MeterConfig, message: p4r.MeterConfig) -> None:
        """Write a configuration."""
        message.cir, message.cburst, message.pir, message.pburst = config
        message.SetInParent()

    def check_counters(self, message: p4r.MeterCounterData) -> None:
        """9.4.1: a write could only clear the counters by colour, and this one cannot."""
        for colour in (message.green, message.yellow, message.red):
            if colour.byte_count or colour.packet_count:
                raise self._invalid("counter_data: can be set to zero only")
        raise no_colour_counters(self.what)

    def _invalid(self, why: str) -> ControlError:
        return ControlError(Status.INVALID_ARGUMENT, f"{self.what}, {why}")


def encode_colours(counters: MeterCounters, message: p4r.MeterCounterData) -> None:
    """Write what a meter let through, by colour."""
    encode_counter(counters.green, message.green)
    encode_counter(counters.yellow, message.yellow)
    encode_counter(counters.red, message.red)


def no_colour_counters(what: str) -> ControlError:
    """Refuse counters by colour where there are none."""
    return ControlError(Status.UNIMPLEMENTED, f"{what}, counter_data: no counters by colour here")
