"""How the pricing benchmarks take time: processor time of this process, on one core, things compared in alternation."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence

import msgspec

from huixiang.pricing.service import ENGINE


class Alternated(msgspec.Struct, frozen=True):
    """Medians of the turns: seconds of processor time for one call of each, and of the ratios first / second taken
    turn by turn, so that a busy minute hits both."""

    first_s: float
    second_s: float
    ratio: float


def stay_on_one_core() -> None:
    """For the rest of the process, which freezes what it has imported as an API process does, and says which engine it
    measures."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    gc.collect()
    gc.freeze()
    made = "machine code" if ENGINE == "compiled" else "as it is written; `make compile` makes machine code of it"
    print(f"The engine: {made}.\n")


def alternate(first: Callable[[], object], second: Callable[[], object], turns: int, seconds: float) -> Alternated:
    """Each turn calls the one as often as fits into so many seconds, at least once, then the other."""
    times, other = _often(first, seconds), _often(second, seconds)
    one_s, two_s = [], []
    for _ in range(turns):
        one_s.append(_taken(first, times))
        two_s.append(_taken(second, other))
    ratios = [one / two for one, two in zip(one_s, two_s, strict=True)]
    return Alternated(statistics.median(one_s), statistics.median(two_s), statistics.median(ratios))


def percentile(numbers: Sequence[float], share: float) -> float:
    """The number that `share` of them do not exceed."""
    ranked = sorted(numbers)
    return ranked[min(len(ranked) - 1, max(0, int(share * len(ranked) + 0.999999) - 1))]


def _often(call: Callable[[], object], seconds: float) -> int:
    return max(1, int(seconds / max(_taken(call, 1), 1e-9)))


def _taken(call: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times
