"""The breakage estimate against counting point by point, against known worlds, and against what it does not know."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from huixiang.kernel.calendar import end_of_month, first_of_month
from huixiang.points.model import NEVER
from huixiang.points.model.finance import Outstanding
from huixiang.points.rules import breakage, liability
from huixiang.points.rules.breakage import ONE, estimate, life_table, outstanding
from huixiang.points.store.lot_moves import LotMove

pytestmark = pytest.mark.requirement("PTS-17")

BEGIN = date(2024, 1, 1)


def month(number: int) -> date:
    return first_of_month(BEGIN, number)


def moves_of(fates: Counter[tuple[int, int, str, int]]) -> list[LotMove]:
    """From counts of (earned in, expires in, kind, moved in) as numbers of months."""
    return [
        LotMove(month(moved), month(earned), month(expires), kind, points if kind == "earn" else -points)
        for (earned, expires, kind, moved), points in fates.items()
        if points
    ]


def lived(months: int, rates: list[list[int]], valid: int, earned: int) -> list[LotMove]:
    """A world of so many months. Each earns `earned` points that live `valid` months; rates[cohort][age] of a thousand
    leave. What has not left by its last month expires in the month after it."""
    fates: Counter[tuple[int, int, str, int]] = Counter()
    for cohort in range(months):
        last = cohort + valid
        fates[cohort, last, "earn", cohort] += earned
        there = earned
        for age in range(valid + 1):
            gone = there * rates[cohort][age] // 1000
            fates[cohort, last, "spend", cohort + age] += gone
            there -= gone
        fates[cohort, last, "expire", last + 1] += there
    return moves_of(fates)


def known(moves: list[LotMove], last: int) -> list[LotMove]:
    return [move for move in moves if move.moved_in <= month(last)]


def test_the_life_table_is_a_count_of_points_one_by_one() -> None:
    chance = Random(5)
    fates: Counter[tuple[int, int, str, int]] = Counter()
    at_risk: Counter[tuple[int, int]] = Counter()
    left: Counter[tuple[int, int]] = Counter()
    last = 11
    for _ in range(4000):
        earned = chance.randrange(12)
        expires = earned + chance.choice([1, 4, 6])
        leaves = earned + chance.randrange(10)
        fates[earned, expires, "earn", earned] += 1
        for now in range(earned, min(expires, leaves, last) + 1):
            at_risk[now - earned, now] += 1
        if leaves <= expires:
            fates[earned, expires, chance.choice(["spend", "claw_back", "transfer_out"]), leaves] += 1
            left[leaves - earned, leaves] += 1
        else:
            fates[earned, expires, "expire", expires + 1] += 1
    table = life_table(known(moves_of(fates), last), month(last))
    counted = {
        age: [(at_risk[age, now], left[age, now]) for now in range(last, -1, -1) if at_risk[age, now]]
        for age in {age for age, _ in at_risk}
    }
    assert {age: [(cell.at_risk, cell.left) for cell in cells] for age, cells in table.items()} == counted
    there = outstanding(known(moves_of(fates), last))
    assert sum(parcel.points for parcel in there) == sum(
        points if kind == "earn" else -points for (_, _, kind, moved), points in fates.items() if moved <= last
    )


def test_points_that_came_back_have_not_left() -> None:
    moves = [
        LotMove(month(0), month(0), month(6), "earn", 1000),
        LotMove(month(1), month(0), month(6), "spend", -300),
        LotMove(month(1), month(0), month(6), "return", 100),
    ]
    table = life_table(moves, month(2))
    assert [(cell.at_risk, cell.left) for cell in table[1]] == [(1000, 200)]
    assert [(cell.at_risk, cell.left) for cell in table[2]] == [(800, 0)]


def test_in_a_world_that_never_changes_the_estimate_is_what_happens() -> None:
    moves = lived(40, [[100] * 13] * 40, 12, 1_000_000)
    now = 24
    then = known(moves, now)
    said, why = estimate(outstanding(then), life_table(then, month(now)), end_of_month(month(now)))
    assert (said is not None, why) == (True, None)
    assert said is not None
    actual = -sum(
        move.points
        for move in moves
        if move.kind == "expire" and move.moved_in > month(now) and move.earned_in <= month(now)
    )
    assert abs(said.expected - actual) <= 50  # the world rounds points, the estimate does not
    assert said.high - said.low <= 100
    assert said.uncovered == 0


@pytest.mark.parametrize("as_of_day", [1, 15, 28])
def test_within_a_month_the_part_that_is_left_of_it_counts(as_of_day: int) -> None:
    cells = [breakage.Cell(at_risk=10_000, left=2_000)] * 3
    as_of = date(2026, 2, as_of_day)
    there = [Outstanding(date(2026, 2, 1), date(2026, 2, 1), 10_000)]
    said, _ = estimate(there, {0: cells}, as_of)
    assert said is not None
    assert said.expected == {1: 8_071, 15: 9_071, 28: 10_000}[as_of_day]  # 27, 13 and 0 of 28 days are left


def test_what_never_expires_never_breaks_and_what_is_past_its_month_does() -> None:
    there = [
        Outstanding(BEGIN, NEVER.replace(day=1), 700),
        Outstanding(BEGIN, date(2024, 2, 1), 50),
    ]
    said, _ = estimate(there, {}, date(2024, 3, 9))
    assert said is not None
    assert (said.expected, said.low, said.high, said.covered) == (50, 50, 50, 750)


def test_without_enough_months_there_is_no_number() -> None:
    moves = lived(14, [[100] * 13] * 14, 12, 100_000)
    for now, enough in ((8, False), (13, False), (14, True)):
        then = known(moves, now)
        said, why = estimate(outstanding(then), life_table(then, month(now)), end_of_month(month(now)))
        assert (said is not None) is enough, now
        assert (why is None) is enough
    then = known(moves, 8)
    why = estimate(outstanding(then), life_table(then, month(8)), end_of_month(month(8)))[1]
    assert why is not None
    assert "the first at 7 months" in why  # seen at 7 months: the first two months of earning alone


def test_with_too_few_points_there_is_no_number() -> None:
    moves = lived(30, [[100] * 13] * 30, 12, 100)
    said, why = estimate(outstanding(known(moves, 24)), life_table(known(moves, 24), month(24)), date(2026, 1, 31))
    assert said is None
    assert why is not None


def test_what_is_not_covered_widens_the_interval() -> None:
    moves = lived(30, [[100] * 13] * 30, 12, 100_000)
    then = known(moves, 24)
    there = outstanding(then)
    longer = [*there, Outstanding(month(24), month(60), 10_000)]
    table = life_table(then, month(24))
    without, _ = estimate(there, table, date(2026, 1, 31))
    said, _ = estimate(longer, table, date(2026, 1, 31))
    assert said is not None
    assert without is not None
    assert (said.expected, said.low, said.uncovered) == (without.expected, without.low, 10_000)
    assert said.high == without.high + 10_000


def noisy(chance: Random, months: int) -> list[list[int]]:
    """Rates that differ by age, by month of the calendar (for all ages alike) and by chance."""
    usual = [chance.randrange(20, 140) for _ in range(13)]
    season = [chance.randrange(60, 141) for _ in range(months + 13)]
    return [
        [usual[age] * season[cohort + age] * chance.randrange(85, 116) // 10_000 for age in range(13)]
        for cohort in range(months)
    ]


def test_nine_of_ten_intervals_hold_in_worlds_that_change_from_month_to_month() -> None:
    chance = Random(11)
    held = 0
    worlds = 24
    now = 30
    for _ in range(worlds):
        moves = lived(now + 1, noisy(chance, now + 1), 12, 200_000)
        then = known(moves, now)
        said, _ = estimate(outstanding(then), life_table(then, month(now)), end_of_month(month(now)))
        assert said is not None
        assert said.low < said.expected < said.high
        actual = -sum(move.points for move in moves if move.kind == "expire" and move.moved_in > month(now))
        held += said.low <= actual <= said.high
        assert abs(said.expected - actual) * 100 < 35 * actual
    assert held * 100 >= 80 * worlds, held
    assert held < worlds  # an interval that always holds says nothing


def test_the_same_data_give_the_same_estimate_to_the_point() -> None:
    moves = known(lived(31, noisy(Random(3), 31), 12, 50_000), 30)
    first = estimate(outstanding(moves), life_table(moves, month(30)), end_of_month(month(30)))
    again = estimate(outstanding(moves[::-1]), life_table(moves[::-1], month(30)), end_of_month(month(30)))
    assert first == again


def test_a_back_test_knows_no_more_than_was_known_then() -> None:
    moves = known(lived(31, noisy(Random(7), 31), 12, 50_000), 30)
    tests = breakage.back_tests(moves, month(30))
    assert [one.months_ago for one in tests] == [2, 3, 6, 12]
    for one in tests:
        then = known(moves, 30 - one.months_ago)
        there = [parcel for parcel in outstanding(then) if parcel.expires_in < month(30)]
        said, _ = estimate(there, life_table(then, month(30 - one.months_ago)), one.as_of)
        assert one.estimate == said
        assert one.as_of == end_of_month(month(30 - one.months_ago))
        expired = -sum(move.points for move in moves if move.kind == "expire" and move.moved_in > one.as_of)
        assert one.actual == expired - sum(
            -move.points for move in moves if move.kind == "expire" and move.earned_in > one.as_of
        )
        assert said is not None
        assert one.within == (said.low <= one.actual <= said.high)
    fooled = known(lived(31, [[10] * 13] * 19 + [[600] * 13] * 12, 12, 50_000), 30)
    assert {one.months_ago for one in breakage.back_tests(fooled, month(30)) if one.within is not None} >= {2, 3, 6}


def test_a_back_test_without_data_says_why() -> None:
    tests = breakage.back_tests(known(lived(14, [[100] * 13] * 14, 12, 100_000), 14), month(14))
    assert tests[-1].months_ago == 12
    assert (tests[-1].estimate, tests[-1].within) == (None, None)
    assert tests[-1].why is not None


def test_fen_of_buckets_sum_to_the_whole() -> None:
    there = [Outstanding(month(n), month(n + 12), 333 + n) for n in range(7)]
    points = sum(parcel.points for parcel in there)
    fen = liability.worth(points, 3, 7)
    assert fen == (points * 7 * 2 + 3) // 6
    assert sum(bucket.fen for bucket in liability.by_age(there, month(8), fen)) == fen
    assert sum(bucket.fen for bucket in liability.by_expiry(there, fen)) == fen
    assert [bucket.months for bucket in liability.by_age(there, month(8), fen)] == list(range(2, 9))


def test_what_became_of_a_month_adds_up() -> None:
    moves = known(lived(20, noisy(Random(9), 20), 12, 10_000), 19)
    for cohort in liability.cohorts(moves):
        assert cohort.credited == 10_000
        assert cohort.used + cohort.expired + cohort.otherwise + cohort.outstanding == cohort.credited
    assert liability.cohorts(moves)[0].outstanding == 0
    assert liability.basis(moves, life_table(moves, month(19)), month(19)).months == 20


def test_rates_are_parts_of_one() -> None:
    assert breakage.rate([breakage.Cell(3, 1)]) == ONE // 3
    assert breakage.rate([breakage.Cell(3, -1)]) == 0
    assert breakage.rate([]) == 0


def test_parts_of_what_is_outstanding_are_basis_points() -> None:
    moves = lived(30, [[100] * 13] * 30, 12, 10_000)
    there = outstanding(known(moves, 28))
    said, _ = estimate(there, life_table(known(moves, 28), month(28)), end_of_month(month(28)))
    assert said is not None
    total = sum(parcel.points for parcel in there)
    assert total == said.covered + said.uncovered
    for points, part in ((said.expected, said.expected_bp), (said.low, said.low_bp), (said.high, said.high_bp)):
        assert type(part) is int
        assert abs(points * 10_000 - part * total) * 2 <= total
    assert 0 < said.low_bp <= said.expected_bp <= said.high_bp < 10_000
