"""The translator of specs: what it makes is checked in, and what p4c-dpdk lost is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BUILT = ROOT / "p4src" / "build"
INGRESS = (BUILT / "rsvp_psa.ingress.spec").read_text()


def _translate(ingress: Path) -> subprocess.CompletedProcess[str]:
    """Run it on the program with another ingress."""
    files = [BUILT / "rsvp_psa.p4info.txtpb", ingress, BUILT / "rsvp_psa.egress.spec"]
    return subprocess.run(  # noqa: S603 (ours)
        [sys.executable, "-m", "translator", *map(str, files)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "dpdk")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_pipelines_in_c_are_those_of_the_specs() -> None:
    made = _translate(BUILT / "rsvp_psa.ingress.spec")
    assert made.stdout == (ROOT / "dpdk" / "generated" / "pipeline.c").read_text()


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("LABEL_END_1 :", "LABEL_END_0 :", "the label LABEL_END_0, which stands in two places"),
        (
            "\tmov m.local_metadata_next_hop t.next_hop",
            "\tmov m.local_metadata_unheard t.next_hop",
            "sets m.local_metadata_unheard, which nothing reads",
        ),
        ("\ttable Arrival_interfaces", "\tlearn Arrival_interfaces", "the instruction `learn"),
    ],
)
def test_a_spec_that_cannot_mean_the_program_is_refused(
    tmp_path: Path, was: str, becomes: str, says: str
) -> None:
    assert was in INGRESS
    spec = tmp_path / "spec"
    spec.write_text(INGRESS.replace(was, becomes))
    made = _translate(spec)
    assert made.returncode == 1
    assert says in made.stderr
