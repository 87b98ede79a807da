"""Child processes that cannot outlive us, and facts about processes that a zombie does not fool."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from huixiang.platform.embedded.identity import Identity

PR_SET_PDEATHSIG = 1
POLL_S = 0.01

Process = subprocess.Popen[bytes]


def spawn(
    command: Sequence[str],
    *,
    identity: Identity | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    keep_open: Sequence[int] = (),
    directory: Path | None = None,
) -> Process:
    """Start a child that gets `death_signal` from the kernel when we die, however we die.

    The kernel ties that signal to the thread that starts the child, not to the process: only the main thread may start
    one. The child leads a session of its own, so a Ctrl-C at the terminal reaches the supervisor alone.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread: their death signal follows the thread")
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True)

    def tie_to_parent() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # we died before the line above
            os._exit(1)

    switch = identity is not None and identity.switch
    return subprocess.Popen(  # noqa: S603 - the callers' commands are constants and paths of ours
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=environment,
        cwd=directory,
        pass_fds=keep_open,
        user=identity.uid if identity is not None and switch else None,
        group=identity.gid if identity is not None and switch else None,
        extra_groups=[] if switch else None,
        start_new_session=True,
        # Runs after the user was changed, which would clear the signal. It calls nothing that takes a lock.
        preexec_fn=tie_to_parent,  # noqa: PLW1509
    )


def stop(process: Process, *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn and wait its seconds, until the process is gone; SIGKILL ends what is left."""
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def is_running(pid: int) -> bool:
    """Whether a process does anything still. A zombie, which `kill(pid, 0)` takes for alive, does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {b"Z", b"X"}


def wait_until_gone(pids: Sequence[int], seconds: float) -> list[int]:
    """Wait for processes to end; those that did not."""
    deadline = time.monotonic() + seconds
    left = [pid for pid in pids if is_running(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(POLL_S)
        left = [pid for pid in left if is_running(pid)]
    return left


def working_in(directory: Path, program: str) -> list[int]:
    """Processes of `program` whose working directory is `directory`: how a PostgreSQL backend is told from others."""
    target = directory.stat()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            here = (entry / "cwd").stat()
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue
        if name == program and (here.st_dev, here.st_ino) == (target.st_dev, target.st_ino):
            found.append(int(entry.name))
    return found


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log file, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        return f"(no log: {error})"


if sys.platform != "linux":  # pragma: no cover
    raise ImportError("embedded servers need Linux; give HUIXIANG_DATABASE_URL and HUIXIANG_VALKEY_URL elsewhere")
