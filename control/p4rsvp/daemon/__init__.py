"""The daemon: what stands between an RSVP node and the world."""
