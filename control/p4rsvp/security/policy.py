"""Local policy control of a node (RFC 2205 2.7, RFC 2750): its rules asked about each message.

Asked are Path and Resv messages that would make or change state; what repeats what stands is not
(fast/front.py). A refusal is answered by a PathErr or ResvErr, "policy control failure". Identities
are the names in AUTH_USER and AUTH_APP (RFC 3182 3.3.1); credentials and signatures in them are
carried and not checked. POLICY_DATA is opened only where a rule asks who.
"""

from __future__ import annotations

from collections.abc import Iterable

from p4rsvp.engine.identities import Identities, identities
from p4rsvp.engine.policy import AllowAll, Circumstances
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.state import SessionState
from p4rsvp.security.rules import MINUTES_A_DAY, Ask, Rule, Subject, decide
from p4rsvp.security.sequence import NS_PER_S
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, SenderTemplate
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Path, Resv
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.tspec import SenderTspec

_NS_PER_MINUTE = 60 * NS_PER_S
_UNSPECIFIED = Address(bytes(4))


class LocalPolicy(AllowAll):
    """The rules of one node."""

    def __init__(self, rules: Iterable[Rule], *, default: bool, wall_offset_ns: int) -> None:
        """`wall_offset_ns` makes UTC since 1970 of the node's clock."""
        self.rules = tuple(rules)
        self._default = default
        self._wall_offset_ns = wall_offset_ns
        self._asks_who = any(rule.users or rule.applications for rule in self.rules)

    def refuses_path(
        self, session: SessionState | None, path: Path, at: Circumstances
    ) -> Refusal | None:
        template, tspec = path.template, path.tspec
        source = (
            getattr(template.selector, "source", None)
            if isinstance(template, SenderTemplate)
            else None
        )
        return self._refuses(
            Subject.SENDER,
            path,
            at,
            sources=() if source is None else (source,),
            rate_bytes_per_s=(
                tspec.tspec.token_rate_bytes_per_s if isinstance(tspec, SenderTspec) else 0.0
            ),
        )

    def refuses_resv(self, session: SessionState, resv: Resv, at: Circumstances) -> Refusal | None:
        specs = [flow.flowspec for flow in resv.flows if isinstance(flow.flowspec, Flowspec)]
        filters = [one for flow in resv.flows for one in flow.filters]
        sources = [
            getattr(one.selector, "source", None) for one in filters if isinstance(one, FilterSpec)
        ]
        return self._refuses(
            Subject.RESERVATION,
            resv,
            at,
            sources=tuple(dict.fromkeys([one for one in sources if one is not None])),
            service=specs[0].service.name.lower().replace("_", "-") if specs else "",
            rate_bytes_per_s=sum(map(_rate_bytes_per_s, specs)),
        )

    def _refuses(
        self,
        subject: Subject,
        message: Path | Resv,
        at: Circumstances,
        *,
        sources: tuple[Address, ...],
        rate_bytes_per_s: float,
        service: str = "",
    ) -> Refusal | None:
        try:
            who = identities(message.policy) if self._asks_who else Identities()
        except DecodeError as error:
            return Refusal(error.code, error.value, error.sentence)
        session, hop = message.session, message.hop
        assert isinstance(session, Session | GpiSession), "the engine asks of no others"
        ask = Ask(
            subject,
            session.destination,
            at.interface,
            hop.address if isinstance(hop, Hop) else _UNSPECIFIED,
            who.users,
            who.applications,
            sources,
            session.protocol,
            session.port if isinstance(session, Session) else 0,
            service,
            rate_bytes_per_s,
            at.states,
            (at.now_ns + self._wall_offset_ns) // _NS_PER_MINUTE % MINUTES_A_DAY,
        )
        decision = decide(self.rules, ask, default=self._default)
        if decision.allows:
            return None
        return Refusal(
            ErrorCode.POLICY_CONTROL_FAILURE,
            PolicyValue.ERR_REJECT,
            f"the policy rule {decision.rule!r} refuses it",
        )


def _rate_bytes_per_s(flowspec: Flowspec) -> float:
    """What is reserved: of guaranteed service R, of controlled load r (RFC 2211, RFC 2212)."""
    rate = flowspec.tspec.token_rate_bytes_per_s
    return rate if flowspec.rspec is None else max(rate, flowspec.rspec.rate_bytes_per_s)
