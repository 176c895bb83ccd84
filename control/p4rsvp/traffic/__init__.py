"""A traffic generator and a receiver that keep time, for labs and benches.

`Sender` sends ready frames at given nanoseconds, `Receiver` tells what became of them: lost,
doubled, overtaken, late. Both work on memory-mapped packet rings in kernels without the
interpreter's lock, so that either fills a core by itself and neither disturbs the other; both need
CAP_NET_RAW and work in the network namespace of the thread that makes them.
"""

from p4rsvp.traffic.accounts import Accounts, FlowReport
from p4rsvp.traffic.receiver import Receiver
from p4rsvp.traffic.schedule import Schedule, constant, merged, on_off, poisson, repeated
from p4rsvp.traffic.sender import Sender, SendReport
from p4rsvp.traffic.stamp import STAMP_BYTES

__all__ = [
    "STAMP_BYTES",
    "Accounts",
    "FlowReport",
    "Receiver",
    "Schedule",
    "SendReport",
    "Sender",
    "constant",
    "merged",
    "on_off",
    "poisson",
    "repeated",
]
