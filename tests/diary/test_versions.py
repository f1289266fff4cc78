"""Which version is the newest."""

from __future__ import annotations

import time
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.diary.entries import NIGHT
from uncramp.diary.versions import Version, newest_of


def version(name: str, minutes: float, replaces: str | None = None) -> Version:
    return Version(name, NIGHT + timedelta(minutes=minutes), replaces)


def test_the_end_of_a_chain_is_the_newest() -> None:
    chain = [version("a", 0), version("b", 1, "a"), version("c", 2, "b")]
    assert newest_of(chain) == {"c"}


def test_what_was_replaced_is_not_the_newest_even_if_its_clock_ran_ahead() -> None:
    assert newest_of([version("a", 99), version("b", 1, "a")]) == {"b"}


def test_of_two_replacements_the_one_recorded_later_wins() -> None:
    assert newest_of([version("a", 0), version("b", 2, "a"), version("c", 1, "a")]) == {"b"}


def test_of_two_recorded_at_once_the_greater_id_wins() -> None:
    assert newest_of([version("a", 0), version("b", 1, "a"), version("c", 1, "a")]) == {"c"}


def test_the_last_word_on_either_branch_of_a_fork_wins() -> None:
    fork = [version("a", 0), version("b", 1, "a"), version("c", 2, "a"), version("d", 3, "b")]
    assert newest_of(fork) == {"d"}


def test_two_replacements_of_what_has_not_come_in_yet_are_one_family() -> None:
    assert newest_of([version("b", 1, "a"), version("c", 2, "a")]) == {"c"}


def test_entries_that_have_nothing_to_do_with_each_other_are_all_newest() -> None:
    assert newest_of([version("a", 0), version("b", 1)]) == {"a", "b"}


def test_a_ring_of_replacements_loses_nothing() -> None:
    assert newest_of([version("a", 0, "b"), version("b", 1, "a")]) == {"b"}
    assert newest_of([version("a", 0, "a")]) == {"a"}
    assert newest_of([version("a", 0, "b"), version("b", 1, "a"), version("c", 0, "a")]) == {"c"}


def test_a_chain_of_thousands_is_decided_at_once() -> None:
    chain = [version(str(n), n, str(n - 1)) for n in range(5000)]
    before = time.perf_counter()
    assert newest_of(reversed(chain)) == {"4999"}
    assert time.perf_counter() - before < 1


names = st.sampled_from("abcdefgh")
versions = st.dictionaries(names, st.tuples(st.integers(0, 5), st.none() | names)).map(
    lambda found: [version(name, minutes, replaces) for name, (minutes, replaces) in found.items()]
)


@given(versions, st.randoms())
def test_the_order_in_which_versions_come_in_does_not_matter(found: list[Version], chance: object) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert newest_of(shuffled) == newest_of(found)


@given(versions)
def test_every_version_belongs_to_a_family_with_exactly_one_newest(found: list[Version]) -> None:
    newest = newest_of(found)
    assert newest <= {v.id for v in found}
    # Those that hang together, by joining sets.
    families = [{v.id, v.replaces} - {None} for v in found]
    for _ in families:
        for family in families:
            for other in families:
                if family & other:
                    family |= other
                    other |= family
    for family in families:
        assert len(family & newest) == 1
