"""Capture files and frames."""
