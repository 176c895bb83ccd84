"""Turns generated source into something that runs: jitted and cached on disk, or plain.

The cache is keyed by content: the generated source, the kernels that it calls, numba's version and
the CPU. Whatever changes, the key changes, so a stale entry is never loaded; old entries are files
that anybody may delete. The plain form runs the same text as Python, kernels included, on Python's
integers.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numba.core import types

from p4rsvp.machinecode import digest, locked
from p4rsvp.softswitch import jit

if TYPE_CHECKING:
    from types import ModuleType

_PACKAGE = "p4rsvp.softswitch."
_HERE = Path(__file__).parent
# In the order in which they need each other.
_KERNELS = ("numbers", "tables", "meter", "queues", "traffic", "faults", "scout", "valuesets")
# What the engine calls (engine.py), and the types that it calls it with.
_WORDS, _OCTETS, _WORD = types.uint64[::1], types.uint8[::1], types.uint64
_ENTRIES = {
    "run": (_WORDS, _OCTETS, _WORDS, _WORDS, _WORDS, _WORD),
    "receive": (_WORDS, _OCTETS, _WORDS, _OCTETS, _WORD, _WORD, _WORD, _WORD),
}


def cache_folder() -> Path:
    """Where compiled pipelines are kept ($XDG_CACHE_HOME/p4rsvp/softswitch)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "p4rsvp" / "softswitch"


def _kernel_files() -> list[Path]:
    return [_HERE / "kernels" / f"{name}.py" for name in _KERNELS]


def content_key(source: str) -> str:
    """The name of a pipeline's place in the cache."""
    parts = (source, digest(*jit.SOURCES), jit.machine_tag())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def load_jitted(source: str) -> dict[str, Any]:
    """The module's names, compiled by the first process that asks while the others wait for it."""
    folder = cache_folder() / content_key(source)
    name = f"p4rsvp_pipeline_{folder.name}"
    if name not in sys.modules:
        with locked(folder):
            path = folder / "pipeline.py"
            if not path.exists() or path.read_text() != source:
                path.write_text(source)
            module = _imported(name, path)
            for function, arguments in _ENTRIES.items():
                vars(module)[function].compile(arguments)
    return vars(sys.modules[name])


def _imported(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # numba finds a cached function's module by its name
    spec.loader.exec_module(module)
    return module


def load_plain(source: str) -> dict[str, Any]:
    """The module's names without the jit, over kernels that were loaded the same way."""
    modules: dict[str, dict[str, Any]] = {
        f"{_PACKAGE}jit": {**jit.PLAIN, "Words": jit.Words, "Octets": jit.Octets}
    }
    for path in _kernel_files():
        modules[f"{_PACKAGE}kernels.{path.stem}"] = _execute(path.read_text(), str(path), modules)
    names = _execute(source, "<generated pipeline>", modules)
    return {**modules[f"{_PACKAGE}jit"], **names}


def _execute(source: str, filename: str, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Run a source in a namespace of its own, with the plain kernels."""
    tree = ast.parse(source)
    names: dict[str, Any] = {"__name__": filename}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            for alias in node.names:
                names[alias.name] = modules[node.module][alias.name]
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and node.module in modules)
    ]
    exec(compile(tree, filename, "exec"), names)  # noqa: S102  # our own generated and packaged code
    return names
