"""RSVP itself (RFC 2205, 2209), a pure state machine: events and the time in, effects out."""
