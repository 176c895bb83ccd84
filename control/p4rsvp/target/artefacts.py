"""Where the compiled P4 program stands in a checkout: P4Info, and what each target loads."""

from pathlib import Path
from typing import Final, NamedTuple

BUILD: Final = Path(__file__).parents[3] / "p4src" / "build"
P4INFO: Final = BUILD / "rsvp_v1model.p4info.txtpb"
V1MODEL_JSON: Final = BUILD / "rsvp_v1model.json"


class Program(NamedTuple):
    """What a controller pushes."""

    p4info: Path
    device_config: Path


V1MODEL: Final = Program(P4INFO, V1MODEL_JSON)
# What is compiled into the switch on DPDK; it knows its program by this.
PSA: Final = Program(BUILD / "rsvp_psa.p4info.txtpb", BUILD / "rsvp_psa.ingress.spec")
PROGRAMS: Final = {"softswitch": V1MODEL, "bmv2": V1MODEL, "dpdk": PSA}
