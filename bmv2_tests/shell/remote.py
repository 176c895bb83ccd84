"""Runs inside p4runtime-shell: takes code from a test line by line, and says what came of it.

A request and its answer are each one line of JSON. What the shell itself prints goes to the error
stream, so that it cannot be taken for an answer.
"""

import json
import sys
from typing import Any

READY = "ready for code"  # comes after all that the shell says while it connects


def result(code: str, names: dict[str, Any]) -> Any:
    """The value of an expression, or None of statements."""
    try:
        expression = compile(code, "<test>", "eval")
    except SyntaxError:
        exec(code, names)  # noqa: S102  # the test's own code
        return None
    return eval(expression, names)  # noqa: S307


def answer(code: str, names: dict[str, Any]) -> dict[str, Any]:
    """The result, or the exception by its name and its text."""
    try:
        return {"value": result(code, names)}
    except Exception as error:  # noqa: BLE001  # which one is the test's business
        return {"error": type(error).__name__, "text": str(error)}


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr
    print(READY, file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), globals())), file=answers, flush=True)
