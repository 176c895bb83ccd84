"""A small run to draw: two flows, one of which is flooded until it reserves."""

from p4rsvp.lab.results import (
    BIN_NS,
    Event,
    Flow,
    Link,
    Node,
    Outcome,
    Phase,
    Quantity,
    Reference,
    Results,
    Sample,
    Topology,
    Verdict,
)

LOSSY = Sample(20, 20_000, 10, 10_000, 10, 9_000, 50_000, 90_000, 700, 9_000)
WHOLE = Sample(20, 20_000, 20, 20_000, 0, 900, 1_000, 2_000, 50, 5_000)
SILENT = Sample()
HOSTS = tuple(Node(name, is_router=False) for name in ("h1", "h2", "h3"))


def small_run(**changes: object) -> Results:
    """Twenty bins, in two phases."""
    video = Flow("video", "h1", "h2", "a video", (LOSSY,) * 10 + (WHOLE,) * 10)
    flood = Flow("flood", "h3", "h2", "a flood", (WHOLE,) * 9 + (SILENT,) + (LOSSY,) * 10)
    told: dict[str, object] = {
        "scenario": "dumbbell",
        "title": "Video <against> flood",
        "description": "Of rates & losses.",
        "variant": "short",
        "target": "softswitch",
        "mode": "network namespaces",
        "started": "2026-11-21T00:00:00Z",
        "setup_ns": 1_500_000_000,
        "duration_ns": 20 * BIN_NS,
        "topology": Topology(
            (*HOSTS, Node("r1", is_router=True, note="switch")),
            (Link(("h1", "r1")), Link(("h3", "r1")), Link(("r1", "h2"), 1e7, "2 ms")),
        ),
        "flows": (video, flood),
        "phases": (
            Phase("baseline", "Baseline", 0, 10 * BIN_NS),
            Phase("reserved", "Reserved", 10 * BIN_NS, 20 * BIN_NS),
        ),
        "events": tuple(Event(10 * BIN_NS + i, "h2", f"event {i}", marked=True) for i in range(3)),
        "outcomes": (Outcome("video loses nothing", "0 of 200 packets", Verdict.PASSED),),
        "references": (Reference(Quantity.RATE, 1e7, "bottleneck, 10 Mbit/s"),),
        "machine": {"processor": "one"},
        "versions": {"p4rsvp": "0"},
    }
    return Results(**(told | changes))  # type: ignore[arg-type]  # the tests give what fits
