"""p4rsvp: RSVP (RFC 2205) with Integrated Services for P4 switches."""

__version__ = "0.1.0"
