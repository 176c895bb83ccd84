"""python -m translator P4INFO INGRESS_SPEC EGRESS_SPEC: writes the C of both pipelines."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from translator.description import describe
from translator.p4info import read_p4info
from translator.pipeline import Pipeline
from translator.spec import SpecError, read_spec

HEAD = """\
/*
 * The pipelines of p4src/rsvp_psa.p4. Made by dpdk/translator from what p4c-dpdk compiled; ci/p4
 * --write makes it anew. src/pipeline.h says what its functions do.
 */
#include "../src/pipeline_parts.h"

/* A jump of the spec may pass by what it need not do, and a field may be set that nobody reads. */
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
"""


def main() -> None:
    """Translate, or say why not."""
    try:
        info_path, ingress_path, egress_path = map(Path, sys.argv[1:])
    except ValueError:
        sys.exit(__doc__)
    info_bytes = info_path.read_bytes()
    info = read_p4info(info_bytes.decode())
    try:
        specs = {
            "ingress": read_spec(ingress_path.read_text()),
            "egress": read_spec(egress_path.read_text()),
        }
        functions = [Pipeline(name, spec, info).text() for name, spec in specs.items()]
        description = describe(info, specs.values(), hashlib.sha256(info_bytes).digest())
    except SpecError as error:
        sys.exit(f"the translator does not know {error}")
    sys.stdout.write("\n".join([HEAD, description, *functions]))


main()
