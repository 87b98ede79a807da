"""A whole installation in processes of its own, to be killed. `python -m tests.support.serving` is its supervisor."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from huixiang.platform.embedded import endpoints, process

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


class Installation:
    """One run of `serve` on a home, with the small application behind its socket."""

    def __init__(self, home: Path, **variables: str) -> None:
        self.home = home
        self._variables = variables
        self._process: subprocess.Popen[str] | None = None
        self.output: list[str] = []
        self.address = ""

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Stop it if it runs, however."""
        if self.is_running():
            self.process.terminate()
            self.finish()

    def launch(self) -> None:
        """Start, without waiting."""
        self.output.clear()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
        environment |= {
            "HUIXIANG_HOME": str(self.home),
            "HUIXIANG_PORT": "0",
            "HUIXIANG_METRICS_PORT": "0",
            "HUIXIANG_STOP_SECONDS": "10",
            "HUIXIANG_API_PROCESSES": "1",
            "PYTHONPATH": str(ROOT),
            **self._variables,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.serving"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )

    def wait_ready(self) -> None:
        """Until it says where it answers. Fails with its output when it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            if found := re.search(r"answers at (\S+)", line):
                self.address = found[1]
                return
        raise AssertionError("serve ended:\n" + "".join(self.output))

    def start(self) -> Installation:
        self.launch()
        self.wait_ready()
        return self

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.finish()

    def finish(self) -> int:
        """Wait for the end, keeping what it still says."""
        rest, _ = self.process.communicate(timeout=30)
        self.output += rest.splitlines(keepends=True)
        return self.process.returncode

    def get(self, path: str, timeout: float = 10) -> str:
        with urllib.request.urlopen(self.address + path, timeout=timeout) as answer:  # noqa: S310 - our own address
            return str(answer.read().decode())

    def write(self, key: str) -> bool:
        """Whether the write was acknowledged."""
        with contextlib.suppress(OSError):
            return self.get(f"/write/{key}", timeout=5) == key
        return False

    def endpoints(self) -> endpoints.Endpoints:
        return endpoints.running(self.home)

    def children(self) -> dict[int, str]:
        """Every process below the supervisor, with its command line."""
        return below(self.process.pid)

    def child(self, pattern: str) -> int:
        """The one child of the supervisor itself whose command line matches; the first of several."""
        found = [pid for pid, line in below(self.process.pid, depth=1).items() if re.search(pattern, line)]
        assert found, f"no child like {pattern}"
        return min(found)


def below(pid: int, depth: int = 3) -> dict[int, str]:
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and _parent(int(entry.name)) == pid and process.is_running(int(entry.name)):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(entry.name)] = line
    return found | {key: line for child in found if depth > 1 for key, line in below(child, depth - 1).items()}


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])


def until(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait for a condition; how long it took. Fails by name after `seconds`."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - begun


def main() -> None:
    # Imported here: the tests need this module, not what it runs.
    from huixiang.entry.supervisor.supervisor import Supervisor  # noqa: PLC0415
    from huixiang.platform.settings import CannotRun, Settings  # noqa: PLC0415
    from huixiang.platform.telemetry import configure_logging  # noqa: PLC0415

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    configure_logging("info", "json")
    try:
        Supervisor(Settings.load(), say, factory="tests.support.small_app:create_app").run()
    except CannotRun as error:
        say(f"huixiang: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
