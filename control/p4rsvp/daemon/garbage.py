"""What the garbage collector may do in a daemon: look at what is young, and leave the rest alone.

Python frees what nobody points to at once; its collector is for circles. The engine leaves none:
what is torn down or expires goes without the collector, and a test holds it to that. Yet by itself
the collector would look through all state whenever there is a quarter more of it: half a second
without a packet at 40,000 reservations, for nothing. Circles of what comes and goes by itself
(tasks, errors, calls of the API) are found young.
"""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 700  # as Python has it
YOUNG_ROUNDS = 10  # likewise: after so many, what has survived one of them is looked at once more
NEVER = 2**31 - 1


def spare_what_stays() -> None:
    """Call once, when all is loaded that the process begins with."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, NEVER)
