"""RSVP on the wire: bytes to immutable values and back. No state, no clock, no I/O."""
