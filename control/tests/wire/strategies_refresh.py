"""Values of the refresh-reduction objects."""

from hypothesis import strategies as st

from p4rsvp.wire.address import Address
from p4rsvp.wire.refresh import (
    MessageId,
    MessageIdAck,
    MessageIdList,
    MessageIdMcastList,
    MessageIdNack,
    MessageIdSrcList,
    MulticastMessageId,
    SourceMessageId,
)

from .strategies_base import ipv4, ipv6, uint

epochs = uint(24)
message_ids = st.builds(MessageId, epochs, uint(32), st.booleans())
acks = st.builds(MessageIdAck, epochs, uint(32), st.booleans())
nacks = st.builds(MessageIdNack, epochs, uint(32), st.booleans())
lists = st.builds(
    MessageIdList, epochs, st.lists(uint(32), min_size=1, max_size=40).map(tuple), st.booleans()
)


def _source_lists(family: st.SearchStrategy[Address]) -> st.SearchStrategy[MessageIdSrcList]:
    entries = st.lists(st.builds(SourceMessageId, uint(32), family), min_size=1, max_size=8)
    return st.builds(MessageIdSrcList, epochs, entries.map(tuple))


def _mcast_lists(family: st.SearchStrategy[Address]) -> st.SearchStrategy[MessageIdMcastList]:
    entries = st.lists(
        st.builds(MulticastMessageId, uint(32), family, family), min_size=1, max_size=8
    )
    return st.builds(MessageIdMcastList, epochs, entries.map(tuple))


source_lists = _source_lists(ipv4) | _source_lists(ipv6)
mcast_lists = _mcast_lists(ipv4) | _mcast_lists(ipv6)
refresh_lists = lists | source_lists | mcast_lists
