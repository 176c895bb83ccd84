"""Sessions and senders of aggregate reservations."""

from hypothesis import strategies as st

from p4rsvp.wire.address import Address
from p4rsvp.wire.aggregate import AggregateSession, GenericAggregateSession, SessionOfInterest
from p4rsvp.wire.filter_spec import AggregateSelector

from .strategies_base import ipv4, ipv6, uint


def _present(family: st.SearchStrategy[Address]) -> st.SearchStrategy[Address]:
    return family.filter(any)


def _generic(family: st.SearchStrategy[Address]) -> st.SearchStrategy[GenericAggregateSession]:
    return st.builds(GenericAggregateSession, _present(family), uint(16), uint(16), family, uint(8))


destinations = _present(ipv4) | _present(ipv6)
aggregate_sessions = st.builds(AggregateSession, destinations, uint(8), uint(8))
generic_sessions = _generic(ipv4) | _generic(ipv6)
sessions_of_interest = st.builds(SessionOfInterest, generic_sessions)
aggregate_selectors = st.builds(AggregateSelector, destinations)
