"""RSVP for applications: an agent on each host, and the ways in which programs talk to it."""
