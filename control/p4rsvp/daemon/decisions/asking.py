"""The decision point of a daemon's configuration."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from p4rsvp.daemon.decisions.opa import ask_opa, question
from p4rsvp.daemon.decisions.point import DecisionPoint, Manner
from p4rsvp.daemon.router import RouterConfig
from p4rsvp.engine.events import Answer, PolicyAnswer
from p4rsvp.security.rules import Ask


def decision_point(
    config: RouterConfig, answered: Callable[[PolicyAnswer], None]
) -> DecisionPoint | None:
    """Ask as the file says; None: nobody is asked. Raises OSError for certificates."""
    table = config.settings.policy.decision_point
    if table is None:
        return None
    tls = None
    if table.url.startswith("https:"):
        tls = ssl.create_default_context(cafile=str(config.file(table.ca)) if table.ca else None)
        if table.certificate:
            tls.load_cert_chain(config.file(table.certificate), config.file(table.key))
    router = config.node.name

    def ask(asked: Ask) -> Answer:
        return ask_opa(table.url, tls, table.timeout_s, question(asked, router))

    manner = Manner(
        table.timeout_s, table.cache_s, table.cache_entries, table.concurrent, table.retry_s
    )
    return DecisionPoint(manner, ask, answered)
