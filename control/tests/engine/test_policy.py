"""The seam to policy control: who may do what (RFC 2205 2.7, 3.11.3)."""

import pytest

from p4rsvp.engine.policy import Accepted, AllowAll, Circumstances, Verdict
from p4rsvp.engine.refusal import Refusal
from p4rsvp.engine.state import SessionState
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.messages import Path, PathErr, Resv, ResvErr
from p4rsvp.wire.policy import PolicyData
from p4rsvp.wire.style import WF
from tests.engine.rig import S1, Rig, want

REASON = (PolicyData(bytes(8)),)
REJECTED = Refusal(ErrorCode.POLICY_CONTROL_FAILURE, PolicyValue.ERR_REJECT, "no", REASON)


class WantsPolicyData(AllowAll):
    """Refuses whatever comes without POLICY_DATA."""

    def judge_path(self, session: SessionState | None, path: Path, at: Circumstances) -> Verdict:
        return Accepted(path.policy) if path.policy else REJECTED

    def judge_resv(self, session: SessionState, resv: Resv, at: Circumstances) -> Verdict:
        return Accepted(resv.policy) if resv.policy else REJECTED


@pytest.fixture
def strict() -> Rig:
    return Rig(policy=WantsPolicyData())


@pytest.mark.rfc("2205", "3.11.3")
def test_a_path_that_policy_refuses_is_answered_with_its_reason(strict: Rig) -> None:
    outcome = strict.path(S1)
    assert outcome.refused_with(PathErr) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        PolicyValue.ERR_REJECT,
    )
    assert outcome.only(PathErr).policy == REASON
    assert not strict.remains()


@pytest.mark.rfc("2205", "3.11.3")
def test_a_resv_that_policy_refuses_is_answered_with_its_reason(strict: Rig) -> None:
    strict.path(S1, policy=REASON)
    outcome = strict.resv(WF, want(4))
    assert outcome.refused_with(ResvErr)[0] == ErrorCode.POLICY_CONTROL_FAILURE
    assert outcome.only(ResvErr).policy == REASON
    assert not strict.target.entries


@pytest.mark.rfc("2205", "2.7")
def test_what_policy_accepts_travels_on_with_its_policy_data(strict: Rig) -> None:
    strict.path(S1, policy=REASON)
    assert strict.resv(WF, want(4), policy=REASON).only(Resv).policy == REASON


@pytest.mark.rfc("2205", "2.7")
def test_a_refused_change_leaves_what_was_accepted(strict: Rig) -> None:
    strict.path(S1, policy=REASON)
    strict.resv(WF, want(4), policy=REASON)
    strict.resv(WF, want(6))
    assert [entry.plan.effective for entry in strict.held(2)] == [want(4).flowspec]
