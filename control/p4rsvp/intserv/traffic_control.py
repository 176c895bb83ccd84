"""TC_AddFlowspec and TC_DelFlowspec for one outgoing interface (RFC 2205 3.11.2), switch apart.

Plans a reservation, admits it against the link's budget, and spends its slack where that alone lets
it in. What the switch has to do is in the Plan that comes back.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from math import floor
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from p4rsvp.intserv.admission import LinkBudget
from p4rsvp.intserv.delay import spend_slack
from p4rsvp.intserv.guaranteed import rspec_of
from p4rsvp.intserv.link import TERM_MIN, LinkConfig, Plan, plan
from p4rsvp.intserv.refusal import Refused
from p4rsvp.wire.intserv import Service

if TYPE_CHECKING:
    from p4rsvp.wire.adspec import ErrorTerms
    from p4rsvp.wire.flowspec import Flowspec
    from p4rsvp.wire.tspec import Tspec

Key = TypeVar("Key", bound=Hashable)


class Request(msgspec.Struct, frozen=True, gc=False):
    """The parameters of TC_AddFlowspec; `upstream` and `entry` as in `QosService.envelope`."""

    flowspec: Flowspec
    path_te: Tspec
    upstream: ErrorTerms
    entry: bool


class TrafficControl(Generic[Key]):
    """The reservations of one interface, by a key of the caller's choice."""

    __slots__ = ("_slack_spent", "budget", "link")

    def __init__(self, link: LinkConfig) -> None:
        self.link = link
        self.budget: LinkBudget[Key] = LinkBudget(link.limits)
        self._slack_spent: dict[Key, tuple[Request, Plan]] = {}

    def add_flowspec(
        self,
        key: Key,
        flowspec: Flowspec,
        path_te: Tspec,
        upstream: ErrorTerms,
        *,
        entry: bool,
    ) -> Plan:
        """Reserve, in place of what the key holds; raises Refused and then changes nothing.

        The flowspec is one that `services.understood` has let pass. RFC 2212: a refresh of a
        request that was let in for its slack is given the same again.
        """
        request = Request(flowspec, path_te, upstream, entry)
        known = self._slack_spent.get(key)
        if known is not None and known[0] == request:
            return known[1]
        planned = self._plan(request)
        try:
            self.budget.admit(key, planned.demand)
        except Refused as no:
            cheaper = self._spend_slack(key, request, planned)
            if cheaper is None:
                sentence = f"{no.sentence}; {planned.charge}"
                raise Refused(no.code, no.value, sentence) from no
            self.budget.admit(key, cheaper.demand)
            self._slack_spent[key] = (request, cheaper)
            return cheaper
        self._slack_spent.pop(key, None)
        return planned

    def delete_flowspec(self, key: Key) -> None:
        """Give back what the key holds, if it holds anything."""
        self.budget.release(key)
        self._slack_spent.pop(key, None)

    def planned(
        self, flowspec: Flowspec, path_te: Tspec, upstream: ErrorTerms, *, entry: bool
    ) -> Plan:
        """What a request would come to, if there were room for all of it."""
        return self._plan(Request(flowspec, path_te, upstream, entry))

    def commit(self, key: Key) -> None:
        """What the budget has exchanged others for stands (`LinkBudget.exchange`)."""
        for one in (key, *self.budget.commit(key)):
            self._slack_spent.pop(one, None)

    def _plan(self, request: Request) -> Plan:
        return plan(
            self.link, request.flowspec, request.path_te, request.upstream, entry=request.entry
        )

    def _spend_slack(self, key: Key, request: Request, planned: Plan) -> Plan | None:
        """The same reservation at a lower R, where slack pays for it."""
        flowspec = planned.effective
        if flowspec.service is not Service.GUARANTEED:
            return None
        ratios = planned.meter.ratios
        free_on_wire = self.budget.available_bytes_per_s(flowspec.service, key)
        free = floor(free_on_wire / ratios.wire_per_meter) / ratios.meter_per_tspec
        c_tot_bytes = request.upstream.c_tot_bytes + TERM_MIN
        rspec = spend_slack(flowspec.tspec, rspec_of(flowspec), c_tot_bytes, free)
        if rspec is None or rspec == rspec_of(flowspec):
            return None
        lowered = replace(request.flowspec, rspec=rspec)
        return replace(
            self._plan(msgspec.structs.replace(request, flowspec=lowered)), forward=lowered
        )
