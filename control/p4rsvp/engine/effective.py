"""What the RSBs and senders of one reservation come to (RFC 2209, UPDATE TRAFFIC CONTROL, step 1).

TC_Flowspec, the filters, Path_Te and the police flags of one TCSB, worked out from the state of its
session and from nothing else. Most sessions have one reservation and one sender: `_of_one` says of
such a session what `_of_all` would, in a third of the time, and a test holds the two together.
"""

from __future__ import annotations

from p4rsvp.engine.effects import NOWHERE, PoliceFlag
from p4rsvp.engine.requests import LOCAL, Change, Request, Rsb
from p4rsvp.engine.sharing import share
from p4rsvp.engine.state import Psb, SessionState, Tcsb
from p4rsvp.intserv.advertise import distortion
from p4rsvp.intserv.once import once
from p4rsvp.intserv.services import compare, lub
from p4rsvp.intserv.tspec import Ordering, total
from p4rsvp.wire.adspec import Adspec, ErrorTerms
from p4rsvp.wire.filter_spec import Selector
from p4rsvp.wire.flowspec import Flowspec
from p4rsvp.wire.tspec import NullTspec, SenderTspec, Tspec


def effective(tcsb: Tcsb) -> Request | None:
    """What is to be installed for a TCSB; None: nothing."""
    state = tcsb.session
    if len(state.rsbs) == len(state.psbs) == 1 and not tcsb.held and tcsb.interface != LOCAL:
        return _of_one(tcsb, state.rsbs[0], state.psbs[0])
    return _of_all(tcsb)


def _of_one(tcsb: Tcsb, rsb: Rsb, psb: Psb) -> Request | None:
    """What it comes to with the one RSB and the one PSB of a session."""
    selector, interface = tcsb.selector, tcsb.interface
    if (
        rsb.interface != interface
        or tcsb.session.is_distinct == (selector is None)
        or (selector is not None and selector not in rsb.selectors)
        or not rsb.matches(psb.selector)
        or not psb.routes_to(interface)
    ):
        return None
    adspec, flowspec = psb.adspec, rsb.flowspec
    return Request(
        flowspec,
        _token_bucket(psb) or flowspec.tspec,
        _distortion(adspec) if isinstance(adspec, Adspec) else _distortion(),
        PoliceFlag.E if psb.e_police else NOWHERE,
        rsb.selectors,
    )


def _of_all(tcsb: Tcsb) -> Request | None:
    """The same for any number of them."""
    state, interface, selector = tcsb.session, tcsb.interface, tcsb.selector
    rsbs = _as_if_not_asked(rsbs_of(state, interface, selector), tcsb.held)
    if not rsbs:
        return None
    flowspec = lub([rsb.flowspec for rsb in rsbs])
    assert isinstance(flowspec, Flowspec), "resv.py lets no other in"
    selectors = rsbs[0].selectors  # the very tuple, where one RSB is all there is
    if selector is not None and selectors != (selector,):
        selectors = (selector,)
    elif len(rsbs) > 1:
        selectors = tuple(sorted({s for rsb in rsbs for s in rsb.selectors}, key=_order))
    senders = [
        psb
        for psb in state.psbs
        if psb.routes_to(interface) and (not selectors or psb.selector in selectors)
    ]
    if not senders and interface != LOCAL:
        return None
    path_te, upstream = _arriving(senders, flowspec)
    police = _police(tcsb, senders, flowspec)
    return Request(flowspec, path_te, upstream, police, selectors)


def rsbs_of(state: SessionState, interface: int, selector: Selector | None) -> list[Rsb]:
    """The RSBs that one TCSB merges; none where it is left over from another sort of style.

    While such a one is being removed, the session's style may have become distinct, or shared.
    """
    if state.is_distinct == (selector is None):
        return []
    return [
        rsb
        for rsb in state.rsbs
        if rsb.interface == interface and (selector is None or selector in rsb.selectors)
    ]


def _as_if_not_asked(rsbs: list[Rsb], held: tuple[Change, ...]) -> list[Rsb]:
    """The RSBs as they would be without the changes that are held back (answers.py)."""
    if not held:
        return rsbs
    before = {id(change.rsb): change.before for change in held}
    found = []
    for rsb in rsbs:
        old = before.get(id(rsb))
        if old is not None:
            stand_in = Rsb(rsb.style, rsb.interface, rsb.nhop, rsb.app, old.flowspec)
            stand_in.selectors = tuple(s for s in old.selectors if s in rsb.selectors)
            if stand_in.selectors or not rsb.selectors:
                found.append(stand_in)
        elif id(rsb) not in before:
            found.append(rsb)
    return found


def _order(selector: Selector) -> bytes:
    return selector.body()


def _arriving(senders: list[Psb], flowspec: Flowspec) -> tuple[Tspec, ErrorTerms]:
    """Path_Te, and how far the path may have distorted it; unknown Tspecs do not bound anything."""
    tspecs = [tspec for psb in senders if (tspec := _token_bucket(psb)) is not None]
    path_te = tspecs[0] if len(tspecs) == 1 else total(tspecs) if tspecs else flowspec.tspec
    return path_te, _distortion(*[psb.adspec for psb in senders if isinstance(psb.adspec, Adspec)])


def _token_bucket(psb: Psb) -> Tspec | None:
    """What a sender says of its traffic; None where it does not, as with the Null Service."""
    tspec = psb.tspec.tspec if isinstance(psb.tspec, SenderTspec) else None
    return None if isinstance(tspec, NullTspec) else tspec


@once
def _distortion(*adspecs: Adspec) -> ErrorTerms:
    return share(distortion(adspecs))


def _police(tcsb: Tcsb, senders: list[Psb], flowspec: Flowspec) -> PoliceFlag:
    """RFC 2205 3.8."""
    flags = NOWHERE
    if any(psb.e_police for psb in senders):
        flags |= PoliceFlag.E
    if tcsb.selector is None and len(senders) > 1:
        flags |= PoliceFlag.M
    for rsb in tcsb.session.rsbs:
        elsewhere = rsb.interface != tcsb.interface
        if (
            elsewhere
            and any(rsb.matches(psb.selector) for psb in senders)
            and compare(flowspec, rsb.flowspec) not in (Ordering.EQUAL, Ordering.GREATER)
        ):
            flags |= PoliceFlag.B
    return flags
