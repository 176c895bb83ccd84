"""Local policy control of a node (RFC 2205 2.7, RFC 2750): its rules asked about each message.

Asked are Path and Resv messages that would make or change state; what repeats what stands is not
(fast/front.py). A refusal is answered by a PathErr or ResvErr, "policy control failure". Identities
are the names in AUTH_USER and AUTH_APP (RFC 3182 3.3.1); credentials and signatures in them are
carried and not checked. POLICY_DATA is opened only where a rule asks who, or reservations may be
preempted: then a request keeps the priority that its rule gives it, or the one that it came with if
its neighbour is believed (priority.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from p4rsvp.engine.events import Answer, Prefix
from p4rsvp.engine.identities import Identities, identities
from p4rsvp.engine.policy import (
    Accepted,
    AllowAll,
    Circumstances,
    Priority,
    Undecided,
    Verdict,
)
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.requests import Rsb
from p4rsvp.engine.state import SessionState
from p4rsvp.security import priority
from p4rsvp.security.credentials import unverifiable
from p4rsvp.security.rules import MINUTES_A_DAY, Ask, Decision, Rule, Subject, decide, within
from p4rsvp.security.sequence import NS_PER_S
from p4rsvp.wire.address import Address
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.errors import DecodeError
from p4rsvp.wire.filter_spec import FilterSpec, Selector, SenderTemplate
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.hop import Hop
from p4rsvp.wire.messages import Path, Policy, Resv
from p4rsvp.wire.policy_elements import PreemptionPriority
from p4rsvp.wire.session import GpiSession, Session
from p4rsvp.wire.style import StyleId
from p4rsvp.wire.tspec import SenderTspec

_NS_PER_MINUTE = 60 * NS_PER_S
_UNSPECIFIED = Address(bytes(4))


class Away(Enum):
    """What holds for a question while no decision point answers."""

    __hash__ = object.__hash__  # there is one of each; an Enum would hash its name
    REFUSE = "refuse"
    ALLOW = "allow"
    LOCAL = "local"  # the rules behind that which asks


class LocalPolicy(AllowAll):
    """The rules of one node."""

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        default: bool,
        wall_offset_ns: int,
        believed: tuple[Prefix, ...] | None = None,
        signed: frozenset[int] = frozenset(),
        refuses_unverified: bool = False,
        away: Away = Away.REFUSE,
    ) -> None:
        """Make a policy.

        `wall_offset_ns` makes UTC since 1970 of the node's clock. `believed`: the neighbours whose
        PREEMPTION_PRI counts; None: nobody is preempted. `signed`: the interfaces on which all
        messages have to be signed. `refuses_unverified`: credentials that nobody here can verify
        are refused, and not only carried. `away`: what holds while no decision point answers.
        """
        self._signed = signed
        self._refuses_unverified = refuses_unverified
        self._away = away
        self.rules = tuple(rules)
        self.preempts = believed is not None
        self._believed = believed or ()
        self._default = default
        self._wall_offset_ns = wall_offset_ns
        self._asks_who = any(rule.users or rule.applications or rule.asks for rule in self.rules)

    def judge_path(self, session: SessionState | None, path: Path, at: Circumstances) -> Verdict:
        template, tspec = path.template, path.tspec
        source = (
            getattr(template.selector, "source", None)
            if isinstance(template, SenderTemplate)
            else None
        )
        return self._judge(
            Subject.SENDER,
            path,
            at,
            sources=() if source is None else (source,),
            rate_bytes_per_s=(
                tspec.tspec.token_rate_bytes_per_s if isinstance(tspec, SenderTspec) else 0.0
            ),
        )

    def judge_resv(self, session: SessionState, resv: Resv, at: Circumstances) -> Verdict:
        specs = [flow.flowspec for flow in resv.flows if isinstance(flow.flowspec, Flowspec)]
        filters = [one for flow in resv.flows for one in flow.filters]
        sources = [
            getattr(one.selector, "source", None) for one in filters if isinstance(one, FilterSpec)
        ]
        return self._judge(
            Subject.RESERVATION,
            resv,
            at,
            sources=tuple(dict.fromkeys([one for one in sources if one is not None])),
            service=specs[0].service.name.lower().replace("_", "-") if specs else "",
            rate_bytes_per_s=sum(map(_rate_bytes_per_s, specs)),
        )

    def merge_resv(self, rsbs: Sequence[Rsb]) -> Policy:
        if not self.preempts:
            return super().merge_resv(rsbs)
        groups: dict[tuple[Selector, ...], list[Rsb]] = {}
        for rsb in rsbs:
            key = rsb.selectors if rsb.style.id is StyleId.FF else ()
            groups.setdefault(key, []).append(rsb)
        return priority.merged(map(_parts, groups.values()), [rsb.policy for rsb in rsbs])

    def priority(self, rsbs: Sequence[Rsb]) -> Priority:
        return priority.priority(_parts(rsbs))

    def preempted_by(self, rsbs: Sequence[Rsb]) -> Policy:
        return priority.carried(priority.preempted_by(_parts(rsbs)))

    def unmerged(self, rsbs: Sequence[Rsb]) -> Iterable[tuple[Rsb, Refusal]]:
        for rsb, elements in zip(rsbs, priority.heterogeneous(_parts(rsbs)), strict=True):
            if elements:
                yield (
                    rsb,
                    Refusal(
                        ErrorCode.POLICY_CONTROL_FAILURE,
                        PolicyValue.ERR_MERGE,
                        "its priority cannot be merged: others ask for another QoS",
                        priority.carried(elements),
                    ),
                )

    def _judge(
        self,
        subject: Subject,
        message: Path | Resv,
        at: Circumstances,
        *,
        sources: tuple[Address, ...],
        rate_bytes_per_s: float,
        service: str = "",
    ) -> Verdict:
        try:
            unverified = unverifiable(message.policy) if self._refuses_unverified else ()
            who = identities(message.policy) if self._asks_who else Identities()
        except DecodeError as error:
            return Refusal(error.code, error.value, error.sentence)
        if unverified:
            return Refusal(
                ErrorCode.POLICY_CONTROL_FAILURE,
                PolicyValue.ERR_REJECT,
                "it claims to be authenticated in a way that nobody here can verify",
                unverified,
            )
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
            at.came_by in self._signed,
        )
        decision = decide(self.rules, ask, default=self._default)
        if decision.asks:
            return self._asked(message, ask, at.answer)
        return self._decided(message, ask, decision)

    def _asked(self, message: Path | Resv, ask: Ask, answer: Answer | None) -> Verdict:
        """What somebody outside has decided, or a question to him."""
        if answer is None:
            # What is different at every look would make a question of every refresh.
            return Undecided(ask._replace(states=0, minute=0))
        if answer.allows:
            given = None if answer.priority is None else Priority(*answer.priority)
            return self._accepted(message, ask, given)
        if answer.allows is not None:
            sentence = f"the decision point refuses it: {answer.why or 'it gives no reason'}"
            return Refusal(ErrorCode.POLICY_CONTROL_FAILURE, PolicyValue.ERR_REJECT, sentence)
        if self._away is Away.ALLOW:
            return self._accepted(message, ask, None)
        if self._away is Away.LOCAL:
            local = [rule for rule in self.rules if not rule.asks]
            return self._decided(message, ask, decide(local, ask, default=self._default))
        sentence = f"no decision point answers: {answer.why}"
        return Refusal(ErrorCode.POLICY_CONTROL_FAILURE, PolicyValue.ERR_PDP, sentence)

    def _decided(self, message: Path | Resv, ask: Ask, decision: Decision) -> Verdict:
        if decision.allows:
            return self._accepted(message, ask, decision.priority)
        return Refusal(
            ErrorCode.POLICY_CONTROL_FAILURE,
            PolicyValue.ERR_REJECT,
            f"the policy rule {decision.rule!r} refuses it",
        )

    def _accepted(self, message: Path | Resv, ask: Ask, given: Priority | None) -> Verdict:
        """What a request keeps: a Resv its priority, which is its rule's before its own."""
        if not self.preempts or ask.subject is Subject.SENDER:
            return Accepted(message.policy)
        try:
            said, others = priority.separated(message.policy)
            if given is not None:
                mine: priority.Elements = (PreemptionPriority(*given),)
            else:
                is_believed = within(self._believed, ask.neighbour)
                mine = priority.checked(said) if is_believed else ()
        except DecodeError as error:
            return Refusal(error.code, error.value, error.sentence)
        return Accepted(priority.kept(mine, others))


def _parts(rsbs: Iterable[Rsb]) -> list[priority.Part]:
    return [priority.Part(rsb.flowspec, priority.elements_of(rsb.policy)) for rsb in rsbs]


def _rate_bytes_per_s(flowspec: Flowspec) -> float:
    """What is reserved: of guaranteed service R, of controlled load r (RFC 2211, RFC 2212)."""
    rate = flowspec.tspec.token_rate_bytes_per_s
    return rate if flowspec.rspec is None else max(rate, flowspec.rspec.rate_bytes_per_s)
