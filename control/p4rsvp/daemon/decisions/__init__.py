"""Decisions made outside: a policy decision point (RFC 2753), asked over HTTP."""
