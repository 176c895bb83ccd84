"""Where the compiled P4 program stands in a checkout: P4Info, and what each target loads."""

from pathlib import Path

BUILD = Path(__file__).parents[3] / "p4src" / "build"
P4INFO = BUILD / "rsvp_v1model.p4info.txtpb"
V1MODEL_JSON = BUILD / "rsvp_v1model.json"
