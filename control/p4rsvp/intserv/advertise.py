"""The ADSPEC on its way down: how each hop composes it, and how a receiver reads it.

Sections: RFC 2210 3.3 (fragments and overrides), RFC 2215 2 and 3 (composition rules), RFC 2212
(Exported Information). `OPEN_PATH` is the neutral element of the composition: a sender's node
starts there and advances it once for itself, as every node does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from p4rsvp.intserv.once import once
from p4rsvp.intserv.service import NO_DISTORTION
from p4rsvp.intserv.single import SINGLE_MAX, single_down
from p4rsvp.wire.adspec import (
    NO_OVERRIDES,
    Adspec,
    ControlledLoadFragment,
    ErrorTerms,
    GeneralFragment,
    GuaranteedFragment,
    Overrides,
)
from p4rsvp.wire.intserv import Service

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD_MAX = 2**32 - 1
INDETERMINATE_LATENCY_US = WORD_MAX  # RFC 2215 3.4

Value = TypeVar("Value", int, float)


@dataclass(frozen=True, slots=True)
class GuaranteedHop:
    """The error terms that an element exports for guaranteed service, and its overrides."""

    c_bytes: int
    d_us: int
    overrides: Overrides = NO_OVERRIDES
    reshapes: bool = False  # Csum and Dsum start anew here


@dataclass(frozen=True, slots=True)
class Hop:
    """What one element exports about an outgoing link; None for a service that it does not have."""

    bandwidth_bytes_per_s: float  # 0 where it is unknown
    latency_us: int
    mtu_bytes: int
    guaranteed: GuaranteedHop | None = None
    controlled_load: Overrides | None = None


OPEN_PATH = Adspec(
    GeneralFragment(0, SINGLE_MAX, 0, WORD_MAX),
    GuaranteedFragment(NO_DISTORTION),
    ControlledLoadFragment(),
)


@once
def advance(adspec: Adspec, hop: Hop, *, behind_non_rsvp_hop: bool = False) -> Adspec:
    """Compose an arriving ADSPEC with this element (RFC 2210 3.3.2 to 3.3.5, RFC 2215 2).

    A service that the sender left out stays out. One that we do not have, or do not know, gets its
    break bit set and is otherwise untouched. A gap that RSVP noticed sets the global break bit.
    """
    arriving = adspec.general
    general = GeneralFragment(
        _add(arriving.is_hops, 1),
        min(arriving.path_bandwidth_bytes_per_s, single_down(hop.bandwidth_bytes_per_s)),
        _add(arriving.min_path_latency_us, hop.latency_us),
        min(arriving.path_mtu_bytes, hop.mtu_bytes),
        arriving.break_bit or behind_non_rsvp_hop,
        arriving.unknown,
    )
    # RFC 2997: whoever knows the Null Service has it, since it asks for nothing.
    others = tuple(
        other if other.service == Service.NULL else replace(other, break_bit=True)
        for other in adspec.others
    )
    return Adspec(
        general, _advance_guaranteed(adspec, hop), _advance_controlled_load(adspec, hop), others
    )


def _advance_guaranteed(adspec: Adspec, hop: Hop) -> GuaranteedFragment | None:
    fragment, local = adspec.guaranteed, hop.guaranteed
    if fragment is None:
        return None
    if local is None:
        return replace(fragment, break_bit=True)
    # RFC 2210 3.3.3: an empty fragment is filled with zeros first; its break bit stays.
    terms = fragment.terms or NO_DISTORTION
    c_sum, d_sum = (0, 0) if local.reshapes else (terms.c_sum_bytes, terms.d_sum_us)
    return GuaranteedFragment(
        ErrorTerms(
            _add(terms.c_tot_bytes, local.c_bytes),
            _add(terms.d_tot_us, local.d_us),
            _add(c_sum, local.c_bytes),
            _add(d_sum, local.d_us),
        ),
        fragment.break_bit,
        _advance_overrides(fragment.overrides, adspec.general, local.overrides, hop),
    )


def _advance_controlled_load(adspec: Adspec, hop: Hop) -> ControlledLoadFragment | None:
    fragment, local = adspec.controlled_load, hop.controlled_load
    if fragment is None:
        return None
    if local is None:
        return replace(fragment, break_bit=True)
    return replace(
        fragment, overrides=_advance_overrides(fragment.overrides, adspec.general, local, hop)
    )


def _advance_overrides(
    arriving: Overrides, general: GeneralFragment, local: Overrides, hop: Hop
) -> Overrides:
    """RFC 2210 3.3.5: a value is overridden once the ADSPEC or this element overrides it.

    On the side that does not override it, the general value stands in.
    """
    if arriving is NO_OVERRIDES and local is NO_OVERRIDES:
        return NO_OVERRIDES
    hops = bandwidth = latency = mtu = None
    if arriving.is_hops is not None:
        hops = _add(arriving.is_hops, 1)
    if not arriving.path_bandwidth_bytes_per_s is local.path_bandwidth_bytes_per_s is None:
        bandwidth = min(
            _first(arriving.path_bandwidth_bytes_per_s, general.path_bandwidth_bytes_per_s),
            single_down(_first(local.path_bandwidth_bytes_per_s, hop.bandwidth_bytes_per_s)),
        )
    if not arriving.min_path_latency_us is local.min_path_latency_us is None:
        latency = _add(
            _first(arriving.min_path_latency_us, general.min_path_latency_us),
            _first(local.min_path_latency_us, hop.latency_us),
        )
    if not arriving.path_mtu_bytes is local.path_mtu_bytes is None:
        mtu = min(
            _first(arriving.path_mtu_bytes, general.path_mtu_bytes),
            _first(local.path_mtu_bytes, hop.mtu_bytes),
        )
    return Overrides(hops, bandwidth, latency, mtu, arriving.unknown)


def _add(composed: int, local: int) -> int:
    """Add up to 2**32 - 1, which stands for unknown or out of range in every sum of an ADSPEC."""
    return min(composed + local, WORD_MAX)


def _first(override: Value | None, default: Value) -> Value:
    return default if override is None else override


def distortion(adspecs: Iterable[Adspec | None]) -> ErrorTerms:
    """How far the paths of one reservation's senders may have distorted their traffic, together.

    Each sender's burst grows by its Csum, and by Dsum times its share of r (RFC 2212, Policing).
    A path without an ADSPEC, or without guaranteed service in it, says nothing and counts as zero.
    """
    fragments = [adspec.guaranteed for adspec in adspecs if adspec is not None]
    terms = [one.terms for one in fragments if one is not None and one.terms is not None]
    if not terms:
        return NO_DISTORTION
    return ErrorTerms(
        max(one.c_tot_bytes for one in terms),
        max(one.d_tot_us for one in terms),
        min(sum(one.c_sum_bytes for one in terms), WORD_MAX),
        max(one.d_sum_us for one in terms),
    )


@dataclass(frozen=True, slots=True)
class PathView:
    """What an ADSPEC tells a receiver that wants one service (RFC 2210 2.3)."""

    is_hops: int
    bandwidth_bytes_per_s: float  # 0 where it is unknown
    min_latency_us: int | None  # None where it is unknown
    mtu_bytes: int
    is_offered: bool  # the sender allows the service
    is_broken: bool  # some hop lacks it, or RSVP as a whole: the values may be wrong
    terms: ErrorTerms | None  # of guaranteed service


def view(adspec: Adspec, service: Service) -> PathView:
    """Read an ADSPEC for one service: its overrides before the general values."""
    general = adspec.general
    fragment = adspec.guaranteed if service is Service.GUARANTEED else adspec.controlled_load
    overrides = NO_OVERRIDES if fragment is None else fragment.overrides
    latency_us = _first(overrides.min_path_latency_us, general.min_path_latency_us)
    return PathView(
        _first(overrides.is_hops, general.is_hops),
        _first(overrides.path_bandwidth_bytes_per_s, general.path_bandwidth_bytes_per_s),
        None if latency_us == INDETERMINATE_LATENCY_US else latency_us,
        _first(overrides.path_mtu_bytes, general.path_mtu_bytes),
        fragment is not None,
        general.break_bit or (fragment is not None and fragment.break_bit),
        fragment.terms if isinstance(fragment, GuaranteedFragment) else None,
    )
