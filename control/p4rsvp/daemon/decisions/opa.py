"""Open Policy Agent's data API: a question as `input`, the decision as `result`.

POST to the URL of a rule, as in http://127.0.0.1:8181/v1/data/p4rsvp/decision. The result is true
or false, or an object with `allow`, and if it likes `reason`, `preemption_priority` and
`defending_priority`. A rule that is undefined gives no result at all, and that is a no. One
connection a question, by the library's own client on a thread: an answer that is late, long or no
JSON is as good as none.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import urlsplit

from p4rsvp.engine.events import Answer
from p4rsvp.security.rules import Ask

MOST_ANSWER_BYTES: Final = 65_536
MOST_REASON_CHARACTERS: Final = 200
_OK: Final = 200


class NoAnswerError(Exception):
    """Nobody has decided; the text says why."""


def question(ask: Ask, router: str) -> dict[str, Any]:
    """What is asked, as the policy reads it: `input`."""
    return {
        "router": router,
        "subject": ask.subject.value,
        "destination": str(ask.destination),
        "protocol": ask.protocol,
        "port": ask.port,
        "interface": ask.interface,
        "neighbour": str(ask.neighbour),
        "signed": ask.signed,
        "users": list(ask.users),
        "applications": list(ask.applications),
        "sources": [str(one) for one in ask.sources],
        "service": ask.service,
        "rate_bytes_per_s": ask.rate_bytes_per_s,
    }


def ask_opa(url: str, tls: SSLContext | None, timeout_s: float, asked: dict[str, Any]) -> Answer:
    """Ask, and wait for the answer; raises NoAnswerError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if tls is None:
        connection = HTTPConnection(host, port, timeout=timeout_s)
    else:
        connection = HTTPSConnection(host, port, timeout=timeout_s, context=tls)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        body = json.dumps({"input": asked})
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        data = response.read(MOST_ANSWER_BYTES)
        if response.status != _OK:
            raise NoAnswerError(f"status {response.status}")
    except (OSError, HTTPException) as error:
        raise NoAnswerError(str(error) or type(error).__name__) from error
    finally:
        connection.close()
    return decision(data)


def decision(data: bytes) -> Answer:
    """The body of an answer; raises NoAnswerError."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoAnswerError(f"no JSON: {error}") from error
    if not isinstance(found, dict):
        raise NoAnswerError("an answer without a result")
    if "result" not in found:
        return Answer(allows=False, why="its policy is undefined here")
    result = found["result"]
    if isinstance(result, bool):
        return Answer(result)
    if not isinstance(result, dict) or not isinstance(result.get("allow"), bool):
        raise NoAnswerError("a result without allow")
    why = str(result.get("reason", ""))[:MOST_REASON_CHARACTERS]
    return Answer(result["allow"], why, _priority(result))


def _priority(result: dict[str, Any]) -> tuple[int, int] | None:
    given = [result[key] for key in ("preemption_priority", "defending_priority") if key in result]
    if not given:
        return None
    sound = all(isinstance(one, int) and not isinstance(one, bool) for one in given)
    if not sound or not 0 <= given[0] <= given[-1] <= 0xFFFF:
        raise NoAnswerError("a result whose priorities are not in order within 0 to 65535")
    return given[0], given[-1]
