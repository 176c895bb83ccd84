"""p4runtime-shell on a running switch: an independent client, for people and for tests.

p4runtime-shell 0.0.6 asks for protobuf below 3.21, and the stubs that the rest of p4rsvp uses for a
current one, so that the two cannot share an environment. This package owns the shell's own
environment (`environment`), the command `p4rsvp shell` (`command`), and the one file that runs
inside (`inside`). Nothing of p4rsvp is imported in there.
"""
