"""Events, effects and nodes as bytes.

Events and nodes are pickled, since the engine's state is a web of plain objects. A recording may
come from anywhere, so nothing is unpickled but classes of `wire`, `intserv` and `engine`, which the
import walls keep from the world, and Counter. Of effects only a digest is kept: of their `repr`,
which has no addresses of memory and no order of hashing in it.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from hashlib import blake2b
from io import BytesIO
from types import MethodType
from typing import Any, Final

from p4rsvp.daemon.recorder.frames import NotARecordingError
from p4rsvp.engine.effects import Effect
from p4rsvp.engine.events import Event
from p4rsvp.engine.node import Node

DIGEST_BYTES: Final = 8
_PURE: Final = ("p4rsvp.wire.", "p4rsvp.intserv.", "p4rsvp.engine.", "p4rsvp.security.")
_PROTOCOL: Final = 5


class _NodePickler(pickle.Pickler):
    """What ties a node to its daemon stays behind: bound methods of the front, and the tape."""

    def __init__(self, file: BytesIO, left_out: object) -> None:
        super().__init__(file, _PROTOCOL)
        self._left_out = left_out

    def persistent_id(self, found: Any) -> str | None:  # noqa: ANN401 (as in pickle)
        is_tie = found is self._left_out or isinstance(found, MethodType)
        return "daemon" if is_tie else None


# What the engine keeps of the library's: counts, and flat arrays, which pickle by a function. So do
# messages, which wait for a decision: by one that calls the class that it is given.
_PLAIN = frozenset(
    {
        ("collections", "Counter"),
        ("array", "array"),
        ("array", "_array_reconstructor"),
        ("msgspec._utils", "rebuild"),
    }
)


class _Unpickler(pickle.Unpickler):
    """Takes plain values of the engine and nothing else."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (as in pickle)
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if (module, name) == ("p4rsvp.daemon.recorder.tape", "TapedNode"):
            return Node
        if module.startswith(_PURE) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise NotARecordingError(f"a recording may not hold {module}.{name}")

    def persistent_load(self, pid: Any) -> None:  # noqa: ANN401 (as in pickle)
        """Who plays the recording has ties of its own."""


def frozen_node(node: Node, tape: object) -> bytes:
    """A node as bytes, without its ties to `tape` and to the front."""
    file = BytesIO()
    _NodePickler(file, tape).dump(node)
    return file.getvalue()


def frozen(event: Event) -> bytes:
    """An event as bytes."""
    return pickle.dumps(event, _PROTOCOL)


def thawed(data: bytes) -> Any:  # noqa: ANN401 (a node or an event)
    """What `frozen` or `frozen_node` were given; raises NotARecordingError."""
    try:
        return _Unpickler(BytesIO(data)).load()
    except (
        pickle.UnpicklingError,
        AttributeError,
        EOFError,
        ImportError,
        IndexError,
        KeyError,
    ) as e:
        raise NotARecordingError(f"a value of another version of p4rsvp: {e}") from e
    except (TypeError, ValueError) as e:
        raise NotARecordingError(f"a value that makes no sense: {e}") from e


def digest(effects: Iterable[Effect]) -> bytes:
    """What tells effects from others."""
    found = blake2b(digest_size=DIGEST_BYTES)
    for effect in effects:
        found.update(repr(effect).encode())
    return found.digest()
