"""Start everything in order, watch it, stop it in reverse order.

There is no event loop and no thread here: children get their death signal from the kernel when the thread that started
them ends, so that thread is the main thread, and it does nothing that could fail.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec
import structlog

from huixiang.entry.supervisor import stages
from huixiang.entry.supervisor.program import Program, Watched
from huixiang.platform.embedded import endpoints
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home, Lock
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.embedded.valkey import EmbeddedValkey
from huixiang.platform.settings import PREFIX, Settings

LOOK_EVERY_S = 0.05
API = "huixiang.entry.supervisor.api"
FACTORY = "huixiang.entry.http:create_app"
WORKER = "huixiang.entry.worker"

log = structlog.get_logger(__name__)


class Preparation(msgspec.Struct, frozen=True):
    """Something to do once, when the database stands at this version and before requests are answered."""

    name: str
    run: Callable[[Settings], None]


class Errand(msgspec.Struct, frozen=True):
    """A module to run beside the API until it exits with 0; started again when it dies, so it must be resumable."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()


class StopRequested(BaseException):
    """SIGTERM, SIGINT or SIGHUP came."""


class Supervisor:
    """One run of an installation. `say` prints a line to whoever started it."""

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], None],
        *,
        preparations: Sequence[Preparation] = (),
        errands: Sequence[Errand] = (),
        factory: str = FACTORY,
    ) -> None:
        self._settings = settings
        self._say = say
        self._preparations = preparations
        self._errands = errands
        self._factory = factory
        self._watched: list[Watched] = []
        self._stopping = False

    def run(self) -> None:
        """Everything, until a signal. Raises CannotRun where something does not start; what did is stopped again."""
        home = Home(self._settings.home)
        lock = Lock(home.run / "lock", home.root)
        # Held open to the end, so that its queue outlives an API process.
        listener = stages.listen(self._settings.bind, self._settings.port)
        with self._signals(), listener:
            try:
                self._start(home, listener)
                self._watch()
            except StopRequested:
                self._say("stopping")
            finally:
                self._stopping = True
                endpoints.forget(home.root)
                self._stop()
                lock.release()

    def _start(self, home: Home, listener: socket.socket) -> None:
        begun = time.monotonic()
        settings = self._start_servers(home)
        with self._stage("migrations"):
            stages.migrate(settings)
        for preparation in self._preparations:
            with self._stage(preparation.name):
                preparation.run(settings)
        metrics = stages.metrics_directory(home)
        environment = self._environment(settings, metrics)
        self._start_programs(settings, listener, environment, stages.forget_metrics(metrics))
        address = stages.address(listener)
        with self._stage(f"API, {settings.api_processes} process(es)"):
            stages.wait_until_ready(address, [watched.child for watched in self._watched])
        for errand in self._errands:
            program = self._program(errand.module, errand.arguments, environment)
            self._begin(Watched(errand.name, program, once=True))
        endpoints.Endpoints(
            pid=os.getpid(),
            database_url=str(settings.database_url),
            database_owner_url=settings.database_owner_url,
            database_read_url=settings.database_read_url,
            valkey_url=settings.valkey_url,
            address=address,
        ).write(home.root)
        self._say(f"{'all':<24}{time.monotonic() - begun:>7.2f} s")
        self._say(f"Huixiang answers at {address}  (console {address}/console/, members {address}/m/)")

    def _start_servers(self, home: Home) -> Settings:
        """Those that the settings do not name; the settings with all of them named."""
        settings = self._settings
        if settings.database_url is None:
            postgres = EmbeddedPostgres(home, self._identity(), memory_mb=settings.server_memory_mb)
            with self._stage("PostgreSQL"):
                self._begin(Watched("postgres", postgres))
            settings = msgspec.structs.replace(
                settings,
                database_url=postgres.url("huixiang_app"),
                database_owner_url=postgres.url("huixiang_owner"),
                database_read_url=postgres.url("huixiang_read"),
            )
        if settings.valkey_url is None and settings.valkey == "on":
            valkey = EmbeddedValkey(home, self._identity())
            with self._stage("Valkey"):
                self._begin(Watched("valkey", valkey))
            settings = msgspec.structs.replace(settings, valkey_url=valkey.url)
        return settings

    def _start_programs(
        self,
        settings: Settings,
        listener: socket.socket,
        environment: dict[str, str],
        on_death: Callable[[int], None],
    ) -> None:
        handle = listener.fileno()
        for number in range(1, settings.api_processes + 1):
            arguments = (str(handle), self._factory)
            program = self._program(API, arguments, environment, keep_open=(handle,))
            self._begin(Watched(f"api-{number}", program, on_death=on_death))
        self._begin(Watched("worker", self._program(WORKER, (), environment), on_death=on_death))

    def _environment(self, settings: Settings, metrics: Path) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return {**ours, **settings.as_environment(), stages.METRICS_VARIABLE: str(metrics)}

    def _program(
        self, module: str, arguments: Sequence[str], environment: dict[str, str], keep_open: Sequence[int] = ()
    ) -> Program:
        return Program(module, arguments, environment, grace_s=self._settings.stop_seconds + 2, keep_open=keep_open)

    def _identity(self) -> Identity:
        return Identity.for_servers(self._settings.server_user)

    def _begin(self, watched: Watched) -> None:
        self._watched.append(watched)
        watched.start()

    def _watch(self) -> None:
        while True:
            for watched in self._watched:
                watched.tend()
            time.sleep(LOOK_EVERY_S)

    def _stop(self) -> None:
        """Programs together, since none needs another; then the servers they stood on."""
        programs = [watched.child for watched in self._watched if isinstance(watched.child, Program)]
        for program in reversed(programs):
            program.ask_to_stop()
        for watched in reversed(self._watched):
            watched.child.stop()

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self._say(f"{name:<24}{time.monotonic() - begun:>7.2f} s")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def request(_number: int, _frame: FrameType | None) -> None:
            if not self._stopping:
                self._stopping = True
                raise StopRequested

        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        former = [signal.signal(number, request) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, former, strict=True):
                signal.signal(number, handler)
