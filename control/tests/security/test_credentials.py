"""What is made of credentials that nobody here can verify, and of names (RFC 3182)."""

from __future__ import annotations

import pytest

from p4rsvp.security.policy import LocalPolicy
from p4rsvp.security.rules import Rule
from p4rsvp.wire.codes import ErrorCode, PolicyValue
from p4rsvp.wire.identity import (
    AttributeType,
    AuthAttribute,
    AuthData,
    CredentialType,
    IdentityError,
    LocatorType,
    PolicyErrorObject,
)
from p4rsvp.wire.messages import Policy, Resv, ResvErr
from p4rsvp.wire.policy import PolicyContents, read_policy
from p4rsvp.wire.policy_elements import ElementType
from p4rsvp.wire.style import FF
from tests.engine.rig import S1, Rig, want
from tests.security.test_policy import said

NAME = AuthAttribute(AttributeType.POLICY_LOCATOR, LocatorType.ASCII_DN, b"CN=Ann")
SIGNATURE = AuthAttribute(AttributeType.DIGITAL_SIGNATURE, 0, b"signature")


def credential(kind: CredentialType) -> AuthAttribute:
    return AuthAttribute(AttributeType.CREDENTIAL, kind, b"ticket or certificate")


def claimed(*attributes: AuthAttribute) -> Policy:
    return (PolicyContents((), (AuthData(ElementType.AUTH_USER, (NAME, *attributes)),)).pack(),)


def node(*rules: Rule, refuses: bool = True, signed: frozenset[int] = frozenset()) -> Rig:
    policy = LocalPolicy(
        rules, default=not rules, wall_offset_ns=0, refuses_unverified=refuses, signed=signed
    )
    return Rig(policy=policy)


@pytest.mark.rfc("3182", "7")
@pytest.mark.rfc("3182", "3.3.4")
@pytest.mark.parametrize(
    "claim",
    [
        credential(CredentialType.KERBEROS_TKT),
        credential(CredentialType.X509_V3_CERT),
        credential(CredentialType.PGP_CERT),
        SIGNATURE,
    ],
)
def test_a_claim_that_cannot_be_verified_is_refused_with_the_reason(claim: AuthAttribute) -> None:
    rig = node()
    rig.path(S1)
    outcome = rig.resv(FF, want(4, S1), policy=claimed(claim))
    assert outcome.refused_with(ResvErr) == (
        ErrorCode.POLICY_CONTROL_FAILURE,
        PolicyValue.ERR_REJECT,
    )
    (element,) = read_policy(outcome.only(ResvErr).policy[0]).elements
    assert isinstance(element, AuthData)
    assert element.attributes == (
        NAME,
        PolicyErrorObject(IdentityError.UNSUPPORTED_CREDENTIAL_TYPE),
    )


@pytest.mark.rfc("3182", "4.1")
def test_a_name_in_plain_text_claims_nothing_that_could_be_verified() -> None:
    rig = node()
    rig.path(S1)
    assert rig.resv(FF, want(4, S1), policy=claimed(credential(CredentialType.ASCII_ID))).sent(Resv)


@pytest.mark.rfc("3182", "6.2")
def test_unless_they_are_refused_credentials_are_carried_to_who_can_verify_them() -> None:
    rig = node(refuses=False)
    rig.path(S1)
    policy = claimed(credential(CredentialType.KERBEROS_TKT), SIGNATURE)
    assert rig.resv(FF, want(4, S1), policy=policy).only(Resv).policy == policy


@pytest.mark.rfc("3182", "6.3")
def test_a_rule_may_believe_names_only_where_messages_have_to_be_signed() -> None:
    rules = (
        Rule(name="paths", allows=True, sources=(), subject=None, interfaces=(1,)),
        Rule(name="ann", allows=True, users=("CN=Ann",), signed=True),
    )
    rig = node(*rules, signed=frozenset({2}))
    rig.path(S1)
    assert rig.resv(FF, want(4, S1), policy=said("CN=Ann"), by=3).sent(ResvErr)
    assert rig.resv(FF, want(4, S1), policy=said("CN=Ann")).sent(Resv)


@pytest.mark.rfc("3182", "6.3")
def test_it_counts_where_a_message_has_come_and_not_which_interface_it_names() -> None:
    rules = (
        Rule(name="paths", allows=True, interfaces=(1,)),
        Rule(name="ann", allows=True, users=("CN=Ann",), signed=True),
    )
    rig = node(*rules, signed=frozenset({2}))
    rig.path(S1)
    outcome = rig.resv(FF, want(4, S1), policy=said("CN=Ann"), by=3, lih=2)
    assert outcome.sent(ResvErr)
    assert not rig.target.entries
