"""INTEGRITY and CHALLENGE values."""

from hypothesis import strategies as st

from p4rsvp.wire.integrity import Challenge, Integrity

from .strategies_base import uint, words

integrities = st.builds(Integrity, uint(48), uint(64), words(min_words=1), st.booleans())
challenges = st.builds(Challenge, uint(48), words(min_words=1))
