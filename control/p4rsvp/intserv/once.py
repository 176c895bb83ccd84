"""What has been worked out for the same values before: of a million reservations, few differ.

For pure functions of immutable values that are shared (wire/objects.py, `recurs`): they are known
again by their identity, since to hash what is nested costs more than most of the work saved. Only
what is named is known by its value: those are flags.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

MOST_KNOWN = 8_192  # results of one function; forgetting costs time and nothing else

_Values = ParamSpec("_Values")
_Result = TypeVar("_Result")


def once(function: Callable[_Values, _Result]) -> Callable[_Values, _Result]:
    """Call the function once for the same objects; a result is shared, an exception is not kept."""
    known: dict[tuple[object, ...], tuple[_Result, object]] = {}

    @wraps(function)
    def call(*values: _Values.args, **named: _Values.kwargs) -> _Result:
        key = (*map(id, values), *named.items()) if named else tuple(map(id, values))
        found = known.get(key)
        if found is None:
            if len(known) >= MOST_KNOWN:
                known.clear()
            # With the values at hand, nothing else can come to have their ids.
            found = known[key] = function(*values, **named), (values, named)
        return found[0]

    return call
