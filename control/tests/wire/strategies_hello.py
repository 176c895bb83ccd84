"""What a Hello carries, and DCLASS."""

from hypothesis import strategies as st

from p4rsvp.wire.dclass import Dclass
from p4rsvp.wire.restart import Capability, HelloAck, HelloRequest, RestartCap

from .strategies_base import uint

instances = st.integers(1, (1 << 32) - 1)
hello_requests = st.builds(HelloRequest, instances, uint(32))
hello_acks = st.builds(HelloAck, instances, uint(32))
restart_caps = st.builds(RestartCap, uint(32), uint(32))
capabilities = st.builds(Capability, st.booleans(), st.booleans(), st.booleans())
dclasses = st.builds(Dclass, st.lists(uint(6), min_size=1, max_size=12).map(tuple))
