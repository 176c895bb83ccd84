"""Hand-written kernels that generated pipelines call.

Each file is written against p4rsvp.softswitch.jit's names, so that `load.py` can run it with the
jit and without.
"""
