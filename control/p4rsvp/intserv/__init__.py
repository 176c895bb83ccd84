"""Integrated services: the arithmetic of Tspecs, Rspecs and ADSPECs, and admission. Pure."""
