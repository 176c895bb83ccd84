"""numba's compiler without the passes that a pipeline does not need: same code in half the time.

A pipeline is one long function of words and flat arrays. It has no closures, literals to unroll,
array expressions or objects to count, and each of its locals has one type for good. So the passes
that rewrite such things find nothing in it, and the form with one assignment per variable, which
numba makes to tell types apart, only repeats what LLVM does by itself; together they took two
thirds of a compilation. In their place stands one check: no variable may have become a float, which
is the type that numba finds for what is `uint64` here and a signed integer there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba.core import types
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import AnalysisPass, PassManager, register_pass
from numba.core.errors import TypingError
from numba.core.typed_passes import (
    AnnotateTypes,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
)
from numba.core.untyped_passes import FixupArgs, IRProcessing, TranslateByteCode

if TYPE_CHECKING:
    from numba.core.compiler import StateDict


@register_pass(mutates_CFG=False, analysis_only=True)
class RefuseFloats(AnalysisPass):
    """Kernels count in integers."""

    _name = "refuse_floats"

    def __init__(self) -> None:
        AnalysisPass.__init__(self)

    def run_pass(self, state: StateDict) -> bool:
        for name, kind in state.typemap.items():
            if isinstance(kind, types.Float):
                raise TypingError(f"{state.func_id.func_qualname}: {name} has become a {kind}")
        return False


class Straight(CompilerBase):
    """From bytecode to machine code with nothing on the way that can be left out."""

    def define_pipelines(self) -> list[Any]:
        passes = PassManager("straight")
        passes.add_pass(TranslateByteCode, "read the bytecode")
        passes.add_pass(FixupArgs, "bind the arguments")
        passes.add_pass(IRProcessing, "control flow and lifetimes")
        passes.add_pass(NopythonTypeInference, "types")
        passes.add_pass(RefuseFloats, "no floats")
        passes.add_pass(AnnotateTypes, "types, for those who inspect them")
        passes.add_pass(NativeLowering, "LLVM's language")
        passes.add_pass(NoPythonBackend, "machine code")
        passes.finalize()
        return [passes]
