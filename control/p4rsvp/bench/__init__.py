"""Benchmarks: `p4rsvp bench NAME [--json] [--check] [--large]`.

A bench is a function that is given a `Bench` (measure.py), does its work in front of the clock, and
leaves figures in it; it has a line in the table below, and in targets.toml the targets that
`--check` holds it to. Everything that a figure is compared with is measured in the same run, on the
same input. A bench takes at most 50 seconds, its preparations included; `--large` is for what takes
minutes and shows how figures grow.
"""

# bench name -> (module, function, help line); modules are imported when their bench runs.
BENCHES: dict[str, tuple[str, str, str]] = {
    "dpdk": (
        "p4rsvp.bench.dpdk",
        "measure",
        "Forward packets on DPDK, beside testpmd, the embedded switch and bmv2.",
    ),
    "engine": (
        "p4rsvp.bench.engine",
        "measure",
        "Set up, refresh and expire reservations, with what each takes of memory.",
    ),
    "integrity": (
        "p4rsvp.bench.integrity",
        "measure",
        "Receive signed refreshes, and sign, by algorithm.",
    ),
    "policer": (
        "p4rsvp.bench.policer",
        "measure",
        "Police packets at random, beside DPDK's trTCM.",
    ),
    "refresh": (
        "p4rsvp.bench.refresh",
        "measure",
        "Receive and send the refreshes of up to a million states.",
    ),
    "setup": (
        "p4rsvp.bench.setup",
        "measure",
        "Set up and refresh reservations through daemons and switches.",
    ),
    "switch": (
        "p4rsvp.bench.switch",
        "measure",
        "Forward packets and take entries on the embedded switch.",
    ),
    "wire": (
        "p4rsvp.bench.wire",
        "measure",
        "Scan, decode and encode RSVP messages, beside scapy.",
    ),
}
