"""Whole networks of RSVP nodes in virtual time, in one process, from one seed."""
