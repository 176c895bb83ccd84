"""The messages that came after RFC 2205."""

from hypothesis import strategies as st

from p4rsvp.wire.extensions import (
    Ack,
    Drep,
    Dreq,
    HelloMessage,
    IntegrityChallenge,
    IntegrityResponse,
    Srefresh,
)
from p4rsvp.wire.message import Bundle
from p4rsvp.wire.messages import Message

from .strategies import header, hops, messages, sessions
from .strategies_aggregate import aggregate_sessions, generic_sessions
from .strategies_diagnostics import diagnostics, responses, routes, selects
from .strategies_hello import capabilities, hello_acks, hello_requests, restart_caps
from .strategies_integrity import challenges, integrities
from .strategies_refresh import acks, message_ids, nacks, refresh_lists

_signed = {**header, "integrity": st.none() | integrities}
_lead = {
    **_signed,
    "acks": st.lists(acks | nacks, max_size=3).map(tuple),
    "message_id": st.none() | message_ids,
}
_diagnosis = {
    "session": sessions | aggregate_sessions | generic_sessions,
    "hop": hops,
    "diagnostic": diagnostics,
    "select": st.none() | selects,
    "route": st.none() | routes,
    "responses": st.lists(responses, max_size=3).map(tuple),
}

dreqs = st.builds(Dreq, **_diagnosis, **_lead)
dreps = st.builds(Drep, **_diagnosis, **_lead)
ack_messages = st.builds(
    Ack, acks=st.lists(acks | nacks, min_size=1, max_size=6).map(tuple), **_signed
)
srefreshes = st.builds(
    Srefresh, lists=st.lists(refresh_lists, min_size=1, max_size=3).map(tuple), **_lead
)
hellos = st.builds(
    HelloMessage,
    hello=hello_requests | hello_acks,
    restart_cap=st.none() | restart_caps,
    capability=st.none() | capabilities,
    **_lead,
)
integrity_challenges = st.builds(IntegrityChallenge, challenge=challenges, **header)
integrity_responses = st.builds(
    IntegrityResponse, challenge=challenges, integrity=integrities, **header
)
extensions: st.SearchStrategy[Message] = st.one_of(
    dreqs, dreps, ack_messages, srefreshes, hellos, integrity_challenges, integrity_responses
)
bundles = st.builds(
    Bundle, messages=st.lists(messages | extensions, min_size=1, max_size=4).map(tuple), **header
)
