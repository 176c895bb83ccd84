"""The refresh filter, beside the dict that is its reference."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from p4rsvp.fast.batch import Batch
from p4rsvp.fast.refresh import RefreshFilter
from p4rsvp.fast.refresh_plain import PlainRefreshFilter
from p4rsvp.fast.scan import Scan, ScanKey
from tests.fast.messages import AN_ACK, a_message_id, a_path

pytestmark = pytest.mark.kernel

SECOND_NS = 10**9
LIFETIME_NS = 157_500_000_000  # R = 30 s: (3 + 0.5) * 1.5 * R
Fingerprint = tuple[int, int]
HERE: Fingerprint = (17, 42)
STRANGER: Fingerprint = (17, 1 << 40)


def touch_one(known: RefreshFilter, fingerprint: Fingerprint, message_id: int, now_ns: int) -> bool:
    ids = np.array([message_id], np.uint64)
    return bool(known.touch(np.array([fingerprint], np.uint64), ids, np.ones(1, np.bool_), now_ns))


def a_filter() -> RefreshFilter:
    known = RefreshFilter()
    known.insert(HERE, 0, LIFETIME_NS, 7, 0)
    return known


def expire_all(known: RefreshFilter, now_ns: int, slots: int = 1 << 16) -> list[int]:
    """Sweep until every slot must have been seen, a growth under way included."""
    calls = 2 * (known.slots + len(known)) // slots + 2
    return sorted(int(handle) for _ in range(calls) for handle in known.expire(now_ns, slots))


@pytest.mark.rfc("2205", "3.7")
def test_a_known_refresh_extends_the_lifetime_by_its_own_lifetime() -> None:
    known = a_filter()
    assert touch_one(known, HERE, 0, 30 * SECOND_NS)
    assert known.deadline_ns(HERE) == 30 * SECOND_NS + LIFETIME_NS


def test_what_was_never_inserted_is_unknown() -> None:
    known = a_filter()
    for stranger in ((17, 43), (18, 42), (0, 0), (42, 17)):
        assert not touch_one(known, stranger, 0, 0)
        assert known.deadline_ns(stranger) is None


def test_a_removed_message_is_unknown() -> None:
    known = a_filter()
    assert known.remove(HERE)
    assert not known.remove(HERE)
    assert not touch_one(known, HERE, 0, 0)


def test_only_candidates_are_touched() -> None:
    known = a_filter()
    ids, nobody = np.zeros(1, np.uint64), np.zeros(1, np.bool_)
    assert not known.touch(np.array([HERE], np.uint64), ids, nobody, SECOND_NS)[0]
    assert known.deadline_ns(HERE) == LIFETIME_NS


@pytest.mark.rfc("2961", "4.2")
def test_a_message_under_another_message_id_is_unknown() -> None:
    known = RefreshFilter()
    known.insert(HERE, 1 << 63 | 5, LIFETIME_NS, 7, 0)
    assert not touch_one(known, HERE, 1 << 63 | 6, SECOND_NS)
    assert not touch_one(known, HERE, 0, SECOND_NS)
    assert touch_one(known, HERE, 1 << 63 | 5, SECOND_NS)


@pytest.mark.rfc("2205", "3.7")
def test_a_refresh_at_the_deadline_comes_too_late() -> None:
    known = a_filter()
    assert not touch_one(known, HERE, 0, LIFETIME_NS)
    assert touch_one(a_filter(), HERE, 0, LIFETIME_NS - 1)


@pytest.mark.rfc("2205", "3.7")
def test_what_falls_silent_expires_once_at_its_deadline() -> None:
    known = a_filter()
    assert expire_all(known, LIFETIME_NS - 1) == []
    assert expire_all(known, LIFETIME_NS) == [7]
    assert expire_all(known, LIFETIME_NS) == []
    assert len(known) == 0


def test_inserting_again_replaces() -> None:
    known = a_filter()
    known.insert(HERE, 0, 2 * LIFETIME_NS, 8, 0)
    assert len(known) == 1
    assert expire_all(known, 2 * LIFETIME_NS) == [8]


def test_one_batch_may_hold_the_same_refresh_many_times() -> None:
    known = a_filter()
    many = np.array([HERE] * 100, np.uint64)
    assert known.touch(many, np.zeros(100, np.uint64), np.ones(100, np.bool_), 5).all()
    assert known.deadline_ns(HERE) == 5 + LIFETIME_NS


def test_entries_that_collide_survive_each_others_removal() -> None:
    known = RefreshFilter(64)
    colliding = [(64 * n + 60, n) for n in range(20)]  # one home, and on past the end of the table
    for handle, fingerprint in enumerate(colliding):
        known.insert(fingerprint, 0, LIFETIME_NS, handle, 0)
    for fingerprint in colliding[::2]:
        assert known.remove(fingerprint)
    assert [touch_one(known, fingerprint, 0, 1) for fingerprint in colliding] == [False, True] * 10


def test_nothing_is_lost_while_the_table_grows() -> None:
    known = RefreshFilter(64, moves_per_call=2)
    everyone = [(n * 0x9E3779B97F4A7C15 % 2**64, n) for n in range(2000)]
    ids, candidates = np.zeros(2000, np.uint64), np.ones(2000, np.bool_)
    for count, fingerprint in enumerate(everyone, start=1):
        known.insert(fingerprint, 0, LIFETIME_NS, count, 0)
        if count % 97 == 0:
            there = known.touch(np.array(everyone, np.uint64), ids, candidates, count)
            assert there.tolist() == [n < count for n in range(2000)]
    assert expire_all(known, LIFETIME_NS + 2000) == list(range(1, 2001))


def test_what_is_removed_while_the_table_grows_is_gone_from_both_tables() -> None:
    known = RefreshFilter(64, moves_per_call=2)
    everyone = [(n * 0x9E3779B97F4A7C15 % 2**64, n) for n in range(60)]
    for fingerprint in everyone:  # the 49th makes it grow; some have moved since, some have not
        known.insert(fingerprint, 0, LIFETIME_NS, 1, 0)
    assert [known.remove(fingerprint) for fingerprint in everyone] == [True] * 60
    assert [known.remove(fingerprint) for fingerprint in everyone] == [False] * 60
    assert [known.deadline_ns(fingerprint) for fingerprint in everyone] == [None] * 60
    assert len(known) == 0


def test_a_call_to_expire_is_bounded_by_what_it_may_look_at() -> None:
    known = RefreshFilter(64)
    for handle in range(40):
        known.insert((5, handle), 0, LIFETIME_NS, handle, 0)  # one long run from slot 5 on
    counts = [len(known.expire(LIFETIME_NS, 8)) for _ in range(13)]
    assert max(counts) == 8
    assert sum(counts) == 40


def test_the_scan_and_the_filter_recognise_a_refresh_on_the_wire() -> None:
    batch, scan, known = Batch(8), Scan(8), RefreshFilter()
    path = a_path()
    changed = a_path(after=bytes([0, 4, 0, 0]))
    for message in (path, path, changed, a_path(AN_ACK), a_path(a_message_id()), path[:-4]):
        batch.add(message, 1, bytes(4), 63)
    scan.run(batch, ScanKey(b"seed"))
    left, right = scan.rows.fingerprint[0].tolist()
    known.insert((left, right), 0, LIFETIME_NS, 7, 0)
    rows, count = scan.rows, scan.count
    candidates = rows.may_be_refresh[:count]
    answers = known.touch(rows.fingerprint[:count], rows.message_id[:count], candidates, SECOND_NS)
    assert answers.tolist() == [True, True, False, False, False, False]


FINGERPRINTS = st.tuples(st.sampled_from([0, 1, 2, 63, 64, 127, 2**64 - 1]), st.integers(0, 40))
MESSAGE_IDS = st.sampled_from([0, 1 << 63, 1 << 63 | 1])


class Twins(RuleBasedStateMachine):
    """Runs the filter and its reference side by side, through growth, wrap-around and expiry."""

    def __init__(self) -> None:
        super().__init__()
        self.known, self.plain = RefreshFilter(64, moves_per_call=2), PlainRefreshFilter()
        self.now_ns = self.handle = 0

    @rule(step_ns=st.integers(0, 50))
    def time_passes(self, step_ns: int) -> None:
        self.now_ns += step_ns

    @rule(
        fingerprints=st.lists(FINGERPRINTS, max_size=40),
        message_id=MESSAGE_IDS,
        lifetime_ns=st.integers(1, 100),
    )
    def insert(self, fingerprints: list[Fingerprint], message_id: int, lifetime_ns: int) -> None:
        learned = []
        for index, fingerprint in enumerate(fingerprints):
            self.handle += 1
            learned.append((index, self.handle, lifetime_ns))
            self.plain.insert(fingerprint, message_id, lifetime_ns, self.handle, self.now_ns)
        ids = np.full(len(fingerprints), message_id, np.uint64)
        found = np.array(fingerprints, np.uint64)
        rows = np.array(learned, np.int64).reshape(-1, 3)
        self.known.insert_all(found, ids, rows, self.now_ns)

    @rule(fingerprint=FINGERPRINTS)
    def remove(self, fingerprint: Fingerprint) -> None:
        assert self.known.remove(fingerprint) == self.plain.remove(fingerprint)

    @rule(messages=st.lists(st.tuples(FINGERPRINTS, MESSAGE_IDS), min_size=1, max_size=70))
    def touch(self, messages: list[tuple[Fingerprint, int]]) -> None:
        fingerprints = np.array([fingerprint for fingerprint, _ in messages], np.uint64)
        ids = np.array([message_id for _, message_id in messages], np.uint64)
        candidates = np.ones(len(messages), np.bool_)
        answers = self.known.touch(fingerprints, ids, candidates, self.now_ns)
        assert answers.tolist() == [self.plain.touch(*message, self.now_ns) for message in messages]

    @rule(slots=st.integers(1, 200))
    def expire(self, slots: int) -> None:
        assert expire_all(self.known, self.now_ns, slots) == sorted(self.plain.expire(self.now_ns))

    @invariant()
    def they_know_the_same(self) -> None:
        assert len(self.known) == len(self.plain)
        for fingerprint in self.plain.entries:
            assert self.known.deadline_ns(fingerprint) == self.plain.deadline_ns(fingerprint)
        keys = [*self.plain.entries, STRANGER]
        handles = self.known.handles(np.array(keys, np.uint64))
        assert handles.tolist() == [self.plain.handle(key) for key in keys]


Twins.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
TestTwins = Twins.TestCase
