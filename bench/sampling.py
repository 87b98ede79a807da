"""Which share of a process's processor time some functions take, by samples of what its threads are at."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any, Self

EVERY_S = 0.002  # of processor time


class Sampler:
    """A context to be entered on a running loop. Time in what the functions call counts as theirs, in any thread."""

    def __init__(self, functions: Iterable[Callable[..., Any]]) -> None:
        self._codes: set[CodeType] = {function.__code__ for function in functions}
        self.taken = 0
        self.inside = 0

    def __enter__(self) -> Self:
        # The loop is woken by the signal, also while it waits for a thread.
        asyncio.get_running_loop().add_signal_handler(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        asyncio.get_running_loop().remove_signal_handler(signal.SIGPROF)

    @property
    def share(self) -> float:
        return self.inside / max(self.taken, 1)

    def _look(self) -> None:
        self.taken += 1
        self.inside += any(map(self._is_inside, sys._current_frames().values()))  # noqa: SLF001 - documented, and the only way

    def _is_inside(self, frame: FrameType | None) -> bool:
        while frame is not None:
            if frame.f_code in self._codes:
                return True
            frame = frame.f_back
        return False
