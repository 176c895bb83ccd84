"""Control graphs as structured Python: every node once, no jumps.

A node with one predecessor is written where that predecessor branches to it. A node where paths
join is written behind its immediate dominator, under `if nxt == number:`, or bare where every path
comes there ("Beyond Relooper", Ramsey, ICFP 2022, without the loops). A graph with cycles becomes
a `while` around a chain of ifs, which only parsers need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from p4rsvp.softswitch.codegen.emitter import Emitter

END = ""
# Where a node's body goes next: (condition, target), the last with condition None. A body that
# writes its own branches with `Flow.goto` answers None.
Exits = list[tuple[str | None, str]]
MAX_ROUNDS = 256  # of a parser's loop; headers are finite, a loop that extracts nothing is not


class Flow:
    """Writes one graph."""

    def __init__(
        self,
        out: Emitter,
        successors: dict[str, list[str]],
        numbers: dict[str, int],
        body: Callable[[str, Flow], Exits | None],
        variable: str = "nxt",
        most_rounds: int = MAX_ROUNDS,
    ) -> None:
        self.out = out
        self.successors = successors
        self.numbers = numbers
        self.body = body
        self.variable = variable
        self.most_rounds = most_rounds
        self.order: list[str] = []
        self.cyclic = False
        self._children: dict[str, list[str]] = {}
        self._bare: set[str] = set()
        self._inline: set[str] = set()

    def write(self, entries: list[str]) -> None:
        """The graph from its entries; with several, `variable` says which one."""
        root = "<entry>"
        graph = {**self.successors, root: entries}
        self.order = self._reverse_postorder(graph, root)
        if self.cyclic:
            self._write_loop(entries)
            return
        self._analyse(graph, root, several=len(entries) > 1)
        self._write_joins(root)

    def goto(self, target: str) -> None:
        """Continue at a node."""
        if target in self._inline:
            self._write_node(target)
        elif target not in self._bare:  # every path comes to a bare join anyway
            self.out.line(f"{self.variable} = {self.out.const(self.numbers.get(target, 0))}")

    def _write_node(self, node: str) -> None:
        while True:
            exits = self.body(node, self)
            if exits is not None:
                if len(exits) == 1 and exits[0][1] in self._inline:
                    node = exits[0][1]
                    continue
                self._branch(exits)
            following = self._write_joins(node)
            if following is None:
                return
            node = following

    def _branch(self, exits: Exits) -> None:
        if len(exits) == 1:
            self.goto(exits[0][1])
            return
        for position, (condition, target) in enumerate(exits):
            word = "else:" if condition is None else f"{'el' if position else ''}if {condition}:"
            with self.out.block(word):
                self.goto(target)

    def _write_joins(self, node: str) -> str | None:
        """The joins that a node dominates; the last one is left to the caller if it is bare."""
        joins = self._children.get(node, [])
        for position, join in enumerate(joins):
            if join in self._bare:
                if position == len(joins) - 1:
                    return self._last(node, join)
                self._write_node(join)
            else:
                number = self.out.const(self.numbers[join])
                with self.out.block(f"if {self.variable} == {number}:"):
                    self._write_node(join)
        return None

    def _last(self, node: str, join: str) -> str | None:
        if node != "<entry>":
            return join
        self._write_node(join)
        return None

    def _write_loop(self, entries: list[str]) -> None:
        rounds = self.out.fresh("rounds")
        self.out.line(f"{self.variable} = {self.out.const(self.numbers[entries[0]])}")
        self.out.line(f"{rounds} = {self.out.const(0)}")
        zero, limit = self.out.const(0), self.out.const(self.most_rounds)
        with self.out.block(f"while ({self.variable} != {zero}) & ({rounds} < {limit}):"):
            self.out.line(f"{rounds} += {self.out.const(1)}")
            for position, node in enumerate(self.order):
                head = f"{self.variable} == {self.out.const(self.numbers[node])}:"
                with self.out.block(("if " if position == 0 else "elif ") + head):
                    exits = self.body(node, self)
                    if exits is not None:
                        self._branch(exits)

    def _reverse_postorder(self, graph: dict[str, list[str]], root: str) -> list[str]:
        done: list[str] = []
        state: dict[str, int] = {}
        stack = [(root, iter(graph[root]))]
        state[root] = 1
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target not in graph:
                    continue
                if state.get(target) == 1:
                    self.cyclic = True
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(graph[target])))
                    break
            else:
                state[node] = 2
                done.append(node)
                stack.pop()
        return [node for node in reversed(done) if node != root]

    def _analyse(self, graph: dict[str, list[str]], root: str, *, several: bool) -> None:
        order = [root, *self.order]
        number = {node: i for i, node in enumerate(order)}
        # A node that one predecessor branches to twice is a join, too: its code must stand once.
        preds: dict[str, list[str]] = {node: [] for node in order}
        for node in order:
            for target in graph[node]:
                if target in number:
                    preds[target].append(node)
        dominator = {root: root}
        for node in order[1:]:
            found = None
            for pred in preds[node]:
                found = pred if found is None else self._meet(found, pred, dominator, number)
            assert found is not None
            dominator[node] = found
        exits = {n: [t if t in number else END for t in graph[n]] or [END] for n in order}
        after = self._post_dominators(order, exits, number)
        for node in order[1:]:
            parent = dominator[node]
            single = len(preds[node]) == 1 and (parent != root)
            if single:
                self._inline.add(node)
                continue
            self._children.setdefault(parent, []).append(node)
            if node in after[parent] and not (parent == root and several):
                self._bare.add(node)

    @staticmethod
    def _meet(a: str, b: str, dominator: dict[str, str], number: dict[str, int]) -> str:
        while a != b:
            if number[a] > number[b]:
                a = dominator[a]
            else:
                b = dominator[b]
        return a

    @staticmethod
    def _post_dominators(
        order: list[str], exits: dict[str, list[str]], number: dict[str, int]
    ) -> dict[str, set[str]]:
        """For each node, the nodes that every path from it passes; END never is one."""
        after: dict[str, set[str]] = {END: set()}
        for node in reversed(order):
            common: set[str] | None = None
            for target in exits[node]:
                here = after[target] | ({target} if target in number else set())
                common = here if common is None else common & here
            after[node] = common or set()
        return after
