"""Jitted kernels, each beside its plain-Python twin."""
