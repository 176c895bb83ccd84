"""`python -m tests.fuzz TARGET CORPUS [libFuzzer's options]`: fuzz one target with atheris.

New inputs that reach new code are kept in the folder CORPUS, which starts with the target's seeds;
a file in its place is run once, to see its fault again.

Modules are instrumented as they are imported, so the target is imported last. Those that hold
kernels stay as they are, since numba could not compile them; their plain twins guide the search.
"""

import sys
from importlib import import_module
from pathlib import Path

import atheris

SOURCES = Path(__file__).parents[2]
COMPILED = [
    ".".join(path.relative_to(SOURCES).with_suffix("").parts)
    for path in sorted(SOURCES.glob("p4rsvp/**/*.py"))
    if "@kernel" in path.read_text(encoding="utf-8")
]


def main() -> None:
    name, corpus, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["p4rsvp"], exclude=COMPILED):
        target = import_module(f"tests.fuzz.{name}")
    for data in target.SEEDS.values():  # this compiles the kernels; the fuzzer would see a hang
        target.one_input(data)
    if Path(corpus).is_dir():
        for seed, data in target.SEEDS.items():
            (Path(corpus) / seed.replace(" ", "-")).write_bytes(data)
    atheris.Setup([sys.argv[0], corpus, *options], target.one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
