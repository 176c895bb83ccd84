"""Port numbers, each of them but once: a million states name a few, over and over."""

from typing import Final

PORTS: Final = tuple(range(1 << 16))
