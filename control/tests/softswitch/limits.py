"""A kernel's first call compiles it, so a time limit on a single example would be luck."""

from hypothesis import settings

unhurried = settings(deadline=None, max_examples=60)
