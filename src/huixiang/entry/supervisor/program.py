"""One child process of ours, and the patience with which it is started again."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import psycopg
import structlog

from huixiang.platform.embedded import process
from huixiang.platform.settings import CannotRun

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 10.0
LIVED_LONG_S = 10.0  # who lived this long did not die of starting

log = structlog.get_logger(__name__)


class Child(Protocol):
    """Something that runs beside us: a server, or a program of ours."""

    @property
    def pid(self) -> int: ...
    def start(self) -> None: ...
    def exited(self) -> bool: ...
    def restart(self) -> None: ...
    def stop(self) -> None: ...


class Program:
    """A Python module of ours in its own process."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        grace_s: float,
        keep_open: Sequence[int] = (),
    ) -> None:
        """`grace_s`: how long it may take to finish after SIGTERM."""
        # -P: what lies in the working directory is not imported by chance.
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self._environment = environment
        self._grace_s = grace_s
        self._keep_open = keep_open
        self._process: process.Process | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the program was not started")
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        self._process = process.spawn(
            self._command, death_signal=signal.SIGKILL, environment=self._environment, keep_open=self._keep_open
        )

    def exited(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def restart(self) -> None:
        self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM and come back at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        if self._process is not None:
            process.stop(self._process, (signal.SIGTERM, self._grace_s))


class Watched:
    """A child with the record of its deaths: each start after another comes later, up to ten seconds."""

    def __init__(
        self, name: str, child: Child, *, once: bool = False, on_death: Callable[[int], None] | None = None
    ) -> None:
        """`once`: an exit with code 0 is the end of it. `on_death` gets the process id of what died."""
        self.name = name
        self.child = child
        self._once = once
        self._on_death = on_death
        self._wait_s = FIRST_WAIT_S
        self._started_at = 0.0
        self._due_at: float | None = None
        self.finished = False

    def start(self) -> None:
        self._started_at = time.monotonic()
        self.child.start()

    def tend(self) -> None:
        """Look after it: to be called some ten times a second."""
        if self.finished or not self.child.exited():
            return
        now = time.monotonic()
        if self._due_at is None:
            self._note_death(now)
        elif now >= self._due_at:
            self._start_again(now)

    def _note_death(self, now: float) -> None:
        code = self.child.exit_code if isinstance(self.child, Program) else None
        if self._on_death is not None:
            self._on_death(self.child.pid)
        if self._once and code == 0:
            self.finished = True
            return
        if now - self._started_at > LIVED_LONG_S:
            self._wait_s = FIRST_WAIT_S
        self._due_at = now + self._wait_s
        log.warning("child_died", child=self.name, exit_code=code, again_in_s=self._wait_s)

    def _start_again(self, now: float) -> None:
        self._due_at = None
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        self._started_at = now
        try:
            self.child.restart()
        except (CannotRun, OSError, psycopg.Error) as error:
            log.error("child_not_started", child=self.name, reason=str(error))  # noqa: TRY400 - it is told whole
        else:
            log.info("child_started", child=self.name)
