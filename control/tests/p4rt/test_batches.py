"""What a Write of several updates answers, and what it leaves (P4Runtime 12.2, 12.3)."""

from __future__ import annotations

import grpc
import pytest
from finsy.proto import p4r

from p4rsvp.dataplane.entities import Atomicity
from tests.p4rt import entries
from tests.p4rt.rig import Controller, update
from tests.p4rt.writing import (
    ABSENT,
    ALSO_GOOD,
    CODES,
    FULL,
    GOOD,
    INVALID,
    MALFORMED,
    MISSING,
    codes,
    refusal,
    routes,
)


@pytest.mark.parametrize(
    ("bad", "status"), [(MALFORMED, INVALID), (ABSENT, MISSING)], ids=["malformed", "absent"]
)
def test_a_batch_continues_on_error_and_tells_of_each_update(
    primary: Controller, bad: p4r.Update, status: grpc.StatusCode
) -> None:
    errors = refusal(primary, GOOD, bad, ALSO_GOOD)
    assert codes(errors) == [grpc.StatusCode.OK, status, grpc.StatusCode.OK]
    assert errors[0] == p4r.Error()
    assert len(routes(primary)) == 2


@pytest.mark.parametrize("atomicity", [Atomicity.ROLLBACK_ON_ERROR, Atomicity.DATAPLANE_ATOMIC])
@pytest.mark.parametrize(
    ("bad", "status"), [(MALFORMED, INVALID), (ABSENT, MISSING)], ids=["malformed", "absent"]
)
def test_a_batch_that_is_all_or_nothing_leaves_nothing_of_a_failure(
    primary: Controller, bad: p4r.Update, status: grpc.StatusCode, atomicity: Atomicity
) -> None:
    errors = refusal(primary, GOOD, bad, ALSO_GOOD, atomicity=atomicity)
    aborted = grpc.StatusCode.ABORTED
    assert codes(errors) == [aborted, status, aborted]
    assert routes(primary) == []


@pytest.mark.parametrize("atomicity", [Atomicity.ROLLBACK_ON_ERROR, Atomicity.DATAPLANE_ATOMIC])
def test_what_a_failed_batch_has_modified_or_deleted_is_as_it_was(
    primary: Controller, atomicity: Atomicity
) -> None:
    primary.write(GOOD, ALSO_GOOD)
    before = routes(primary)
    changed = entries.route(action=entries.direct("forward", 9))
    deleted = update("DELETE", table_entry=entries.route(0x0B000000))
    refusal(primary, update("MODIFY", table_entry=changed), deleted, ABSENT, atomicity=atomicity)
    assert sorted(map(str, routes(primary))) == sorted(map(str, before))


@pytest.mark.parametrize("atomicity", list(Atomicity))
def test_a_batch_without_a_failure_is_carried_out_whole(
    primary: Controller, atomicity: Atomicity
) -> None:
    primary.write(GOOD, ALSO_GOOD, atomicity=atomicity)
    assert len(routes(primary)) == 2


def test_a_full_table_says_so(primary: Controller) -> None:
    primary.write(
        *(update("INSERT", table_entry=entries.filter_entry(priority=p)) for p in range(1, 65))
    )
    [error] = refusal(primary, update("INSERT", table_entry=entries.filter_entry(priority=65)))
    assert CODES[error.canonical_code] is FULL


def test_a_large_batch_that_fails_throughout_still_tells_every_code(primary: Controller) -> None:
    errors = refusal(primary, *(ABSENT for _ in range(500)))
    assert codes(errors) == [MISSING] * 500
    assert errors[0].message


def test_an_empty_batch_succeeds_and_changes_nothing(primary: Controller) -> None:
    primary.insert(table_entry=entries.route())
    before = routes(primary)
    primary.write()
    assert routes(primary) == before
