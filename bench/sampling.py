"""Which share of a process's processor time some functions take, by samples of what its threads are at."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any, Self

EVERY_S = 0.002  # of processor time


class Sampler:
    """A context to be entered in the main thread. Time in what the functions call counts as theirs."""

    def __init__(self, functions: Iterable[Callable[..., Any]]) -> None:
        self._codes: set[CodeType] = {function.__code__ for function in functions}
        self.taken = 0
        self.inside = 0

    def __enter__(self) -> Self:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    @property
    def share(self) -> float:
        return self.inside / max(self.taken, 1)

    def _look(self, _number: int, _frame: FrameType | None) -> None:
        self.taken += 1
        self.inside += any(map(self._is_inside, sys._current_frames().values()))  # noqa: SLF001 - documented, and the only way

    def _is_inside(self, frame: FrameType | None) -> bool:
        while frame is not None:
            if frame.f_code in self._codes:
                return True
            frame = frame.f_back
        return False
