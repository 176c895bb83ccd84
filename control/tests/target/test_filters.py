"""Which table of the classifier finds the packets of which sender."""

from __future__ import annotations

import pytest

from p4rsvp.target.filters import filter_of
from p4rsvp.target.numbers import Shape
from p4rsvp.wire.address import Address
from p4rsvp.wire.filter_spec import (
    FlowLabelSelector,
    GpiSelector,
    PortSelector,
    Selector,
)
from p4rsvp.wire.session import GpiSession, Session

GROUP, GROUP_V6 = Address.parse("239.1.1.1"), Address.parse("ff3e::1")
SOURCE, SOURCE_V6 = Address.parse("192.0.2.1"), Address.parse("2001:db8::1")
UDP, ESP = 17, 50
D, D6, S, S6 = (int.from_bytes(a) for a in (GROUP, GROUP_V6, SOURCE, SOURCE_V6))


@pytest.mark.parametrize(
    ("session", "selector", "shape", "match"),
    [
        (Session(GROUP, UDP, 5004), PortSelector(SOURCE, 9), "five_tuple", (D, UDP, 5004, S, 9)),
        (Session(GROUP, UDP, 5004), PortSelector(SOURCE, 0), "no_source_port", (D, UDP, 5004, S)),
        (Session(GROUP, UDP, 0), PortSelector(SOURCE, 0), "no_ports", (D, UDP, S)),
        (Session(GROUP, UDP, 5004), None, "any_source", (D, UDP, 5004)),
        (Session(GROUP, UDP, 0), None, "any_source_no_ports", (D, UDP)),
        (GpiSession(GROUP, ESP, 7), GpiSelector(SOURCE, 99), "spi", (D, ESP, S, 99)),
        (GpiSession(GROUP, ESP, 7), None, "any_source_no_ports", (D, ESP)),
    ],
)
@pytest.mark.rfc("2205", "3.2")
def test_a_filter_goes_to_the_table_of_its_shape(
    session: Session | GpiSession,
    selector: Selector | None,
    shape: str,
    match: tuple[int, ...],
) -> None:
    found = filter_of(3, session, selector)
    assert found.entry.table == f"ipv4_{shape}"
    assert found.entry.match == (3, *match)
    assert found.shape is Shape[f"IPV4_{shape.upper()}"]


def test_a_flow_label_is_looked_for_with_its_addresses_alone() -> None:
    found = filter_of(3, Session(GROUP_V6, UDP, 5004), FlowLabelSelector(SOURCE_V6, 0xABCDE))
    assert found.entry == ("ipv6_flow_label", (3, D6, S6, 0xABCDE))
    assert found.shape is Shape.IPV6_FLOW_LABEL
