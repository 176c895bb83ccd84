"""p4rsvp in Mininet: routers with a switch and a daemon, hosts with an RSVP agent.

Runs under the python3 that Mininet is installed for, and imports nothing of p4rsvp: switches,
daemons and agents are processes, of the `p4rsvp` that `programs.py` finds. docs/mininet.md shows a
lab.
"""

from p4rsvp_mininet.host import RsvpHost
from p4rsvp_mininet.net import RsvpNet
from p4rsvp_mininet.router import P4RsvpSwitch

__all__ = ["P4RsvpSwitch", "RsvpHost", "RsvpNet"]
