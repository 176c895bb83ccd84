"""Hypothesis strategies of sound Tspecs, flowspecs and error terms, as a wire can carry them."""

from math import inf

from hypothesis import strategies as st

from p4rsvp.intserv.single import single
from p4rsvp.wire.adspec import ErrorTerms
from p4rsvp.wire.flowspec import Flowspec, Rspec
from p4rsvp.wire.intserv import Service
from p4rsvp.wire.tspec import Tspec

# From the shapes that people use up to what RFC 2215 3.6 allows.
rates = st.one_of(st.integers(1, 2000), st.floats(1, 1e9), st.floats(1, 3.9e13)).map(single)
buckets = st.one_of(st.integers(1, 70_000), st.floats(1, 2.4e11)).map(single)
packets = st.integers(1, 9000) | st.integers(0, 2**31)


@st.composite
def tspecs(draw: st.DrawFn) -> Tspec:
    """r <= p, m <= M."""
    rate, second = draw(rates), draw(rates)
    peak = draw(st.sampled_from((max(rate, second), inf)))
    smallest, largest = sorted((draw(packets), draw(packets)))
    return Tspec(min(rate, second), draw(buckets), peak, smallest, largest)


@st.composite
def guaranteed(draw: st.DrawFn) -> Flowspec:
    """R >= r."""
    tspec = draw(tspecs())
    rate = max(draw(rates), tspec.token_rate_bytes_per_s)
    return Flowspec(Service.GUARANTEED, tspec, Rspec(rate, draw(st.integers(0, 2**32 - 1))))


def controlled_loads() -> st.SearchStrategy[Flowspec]:
    return st.builds(Flowspec, st.just(Service.CONTROLLED_LOAD), tspecs())


def threes() -> st.SearchStrategy[list[Flowspec]]:
    """Flowspecs of one service, so that they merge."""
    return st.lists(guaranteed(), min_size=3, max_size=3) | st.lists(
        controlled_loads(), min_size=3, max_size=3
    )


terms = st.builds(
    ErrorTerms,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**5),
    st.integers(0, 10**5),
)
