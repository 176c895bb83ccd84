"""From the typed program to Python source: straight lines, integers, flat arrays."""
