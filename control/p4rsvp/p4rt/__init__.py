"""P4Runtime in front of any data plane that speaks dataplane/control.py.

Sections in comments are those of the P4Runtime specification 1.4.
"""
