"""Scenarios: files that say what happens in a lab and what is expected, and what runs them."""
