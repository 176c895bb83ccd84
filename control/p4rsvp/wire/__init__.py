"""RSVP on the wire: bytes to frozen dataclasses and back. No state, no clock, no I/O."""
