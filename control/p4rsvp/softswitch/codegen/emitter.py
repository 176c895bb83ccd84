"""Lines of generated Python, and the constants that they name.

Constants are module globals (`c255 = u64(255)`), since a literal would be a signed integer to
numba and turn the whole expression into a float.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from p4rsvp.softswitch.layout import Row

ALL_ONES = (1 << 64) - 1


class Emitter:
    """Collects one function's lines; `block` indents."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[int, str] = {}
        self._indent = 1
        self._serial = 0

    def line(self, text: str) -> None:
        """Add one statement."""
        self.lines.append("    " * self._indent + text)

    def clear_bits(self, local: str, bits: int) -> None:
        """Emit `local &= ~bits`, joined with such a line right before it."""
        head = "    " * self._indent + f"{local} &= "
        if self.lines and self.lines[-1].startswith(head):
            name = self.lines.pop()[len(head) :]
            bits |= ~next(value for value, n in self.constants.items() if n == name)
        self.line(f"{local} &= {self.const(~bits)}")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Indent what follows under `head`; an empty block becomes `pass`, `if True` no block."""
        if head == "if True:":
            yield
            return
        self.line(head)
        with self.indented():
            before = len(self.lines)
            yield
            if len(self.lines) == before:
                self.line("pass")

    def const(self, value: int) -> str:
        """The name of a constant."""
        value &= ALL_ONES
        if value not in self.constants:
            self.constants[value] = f"c{value}" if value < 10_000 else f"x{value:x}"
        return self.constants[value]

    @contextmanager
    def capture(self) -> Iterator[list[str]]:
        """Collect what is emitted inside into a list of its own, at the current indent."""
        outer, self.lines = self.lines, []
        yield self.lines
        self.lines = outer

    @contextmanager
    def indented(self) -> Iterator[None]:
        """One level deeper, without a head."""
        self._indent += 1
        yield
        self._indent -= 1

    def fresh(self, stem: str = "t") -> str:
        """A name that nothing else has."""
        self._serial += 1
        return f"{stem}_{self._serial}"

    def temp(self, code: str, stem: str = "t") -> str:
        """Assign an expression to a fresh name."""
        name = self.fresh(stem)
        self.line(f"{name} = {code}")
        return name

    def mask(self, width_bits: int) -> str:
        """The constant with this many ones."""
        return self.const((1 << width_bits) - 1)

    # The packet that a kernel works on

    def row(self, word: int) -> str:
        """A word of the packet's row."""
        return f"phv[row + {self.const(word)}]"

    def find_packet(self, slot_bytes: int, row_words: int) -> None:
        """Where the n-th packet of the batch is."""
        self.line("index = ctl[first + u64(n)]")
        self.line(f"slot = index * {self.const(slot_bytes)}")
        self.line(f"row = index * {self.const(row_words)}")

    def load_packet(self) -> None:
        """What every stage knows of its packet."""
        self.line(f"start = {self.row(Row.START)}")
        self.line(f"length = {self.row(Row.LENGTH)}")
        self.line(f"now = {self.row(Row.NOW)}")
        self.line(f"arrived = {self.row(Row.ARRIVED_BYTES)}")

    def store_packet(self) -> None:
        """What the deparser may have changed of it."""
        self.line(f"{self.row(Row.START)} = start")
        self.line(f"{self.row(Row.LENGTH)} = length")
