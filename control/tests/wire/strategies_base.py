"""What strategies for objects are made of: integers by width, addresses, whole words of bytes."""

from hypothesis import strategies as st

from p4rsvp.wire.address import Address


def uint(bits: int) -> st.SearchStrategy[int]:
    """Any unsigned integer of this width."""
    return st.integers(0, (1 << bits) - 1)


def words(min_words: int = 0, max_words: int = 8) -> st.SearchStrategy[bytes]:
    """Bytes whose number is a multiple of four."""
    return st.integers(min_words, max_words).flatmap(
        lambda count: st.binary(min_size=4 * count, max_size=4 * count)
    )


ipv4 = st.binary(min_size=4, max_size=4).map(Address)
ipv6 = st.binary(min_size=16, max_size=16).map(Address)
addresses = ipv4 | ipv6
