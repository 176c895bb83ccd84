"""Coverage-guided fuzzing; `ci/fuzz` runs it.

Each target is a module with `SEEDS`, sound inputs by name, and `one_input(data)`, which raises
nothing whatever the bytes are.
"""
