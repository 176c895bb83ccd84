"""The switch on DPDK as a data plane for P4Runtime: a client of p4rsvp-dpdk's control socket.

`protocol.py` has the socket's layouts, `connection.py` asks and hears answers, `records.py` turns
entities into records and back, `plane.py` is the data plane that the P4Runtime server sees, and
`process.py` runs the C program. docs/dpdk.md describes both ends.
"""
