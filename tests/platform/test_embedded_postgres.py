"""The supervised PostgreSQL: where it may lie, who may reach it, and what crashes leave behind."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from huixiang.platform.embedded.binaries import postgres_programs
from huixiang.platform.embedded.cluster import ServerFailed
from huixiang.platform.embedded.identity import Identity, IdentityError
from huixiang.platform.embedded.paths import SOCKET_PATH_BYTES, AlreadyRunning, Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.embedded.process import is_running, spawn, working_in
from tests.support.serving import ROOT, until

SERVERS = Identity.for_servers("nobody")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """In a 0700 directory of ours, which the server's user cannot enter when we are root; 150 characters long."""
    private = tmp_path_factory.mktemp("private")
    private.chmod(0o700)
    return Home(private / ("x" * (149 - len(str(private)))))


@pytest.fixture
def postgres(home: Home) -> Iterator[EmbeddedPostgres]:
    """Running. The tests share one data directory, one after the other."""
    server = EmbeddedPostgres(home, SERVERS, memory_mb=512)
    server.start()
    yield server
    server.stop()


def query(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_it_serves_from_a_private_home_of_150_characters_over_a_short_socket_only(
    postgres: EmbeddedPostgres, home: Home
) -> None:
    assert len(str(home.root)) == 150
    url = postgres.url("huixiang_app")
    assert query(url, "SELECT current_user, current_database()") == [("huixiang_app", "huixiang")]
    assert query(url, "SHOW listen_addresses") == [("",)]
    assert query(url, "SHOW shared_buffers") == [("128MB",)]
    assert query(url, "SELECT 'a' < 'B'") == [(False,)]
    [(sockets,)] = query(postgres.url("postgres"), "SHOW unix_socket_directories")
    assert len(f"{sockets}/.s.PGSQL.5432") < SOCKET_PATH_BYTES
    for private in (home.postgres / "data", Path(str(sockets))):
        facts = private.stat()
        assert stat.S_IMODE(facts.st_mode) == 0o700
        assert facts.st_uid == SERVERS.uid


def test_the_server_runs_as_an_unprivileged_user(postgres: EmbeddedPostgres) -> None:
    status = Path(f"/proc/{postgres.pid}/status").read_text()
    uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    assert uids == [str(SERVERS.uid)] * 4
    assert SERVERS.uid != 0


def test_no_permission_of_a_parent_folder_changes(home: Home) -> None:
    def permissions() -> list[tuple[int, int, int]]:
        programs = postgres_programs(SERVERS)
        watched = [home.root, *home.root.parents, *programs.parents]
        return [(one.stat().st_mode, one.stat().st_uid, one.stat().st_gid) for one in watched]

    before = permissions()
    server = EmbeddedPostgres(home, SERVERS)
    server.start()
    server.stop()
    assert permissions() == before


def test_roles_are_least_privileged(postgres: EmbeddedPostgres) -> None:
    roles = query(
        postgres.url("postgres"),
        "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles"
        " WHERE rolname ~ '^huixiang_' ORDER BY 1",
    )
    assert roles == [("huixiang_app", False), ("huixiang_owner", False), ("huixiang_read", False)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(postgres.url("huixiang_app"), "CREATE TABLE public.mine (a int)")


def test_another_user_of_the_machine_is_not_let_in(postgres: EmbeddedPostgres) -> None:
    # The kernel says who connects: as root we let somebody else in through the socket's directory, and the server
    # still refuses; as an ordinary user we can only ask for a role that the map does not give us.
    if SERVERS.switch:
        code, message = as_user(SERVERS, lambda: query(postgres.url("huixiang_owner"), "SELECT 1"))
        assert code != 0
        assert "Peer authentication failed" in message
    else:
        with pytest.raises(psycopg.OperationalError, match=r"Peer authentication failed"):
            query(postgres.url("huixiang_nobody"), "SELECT 1")  # type: ignore[arg-type]


def test_an_ordinary_user_can_run_it() -> None:
    me = pwd.getpwuid(os.geteuid())
    user = pwd.getpwnam("nobody") if me.pw_uid == 0 else me
    programs = postgres_programs(SERVERS)
    # Reachable for that user, unlike pytest's own directories.
    place = Path("/tmp") / f"huixiang-as-{user.pw_name}-{os.getpid()}"  # noqa: S108
    place.mkdir(mode=0o700)
    if me.pw_uid == 0:
        os.chown(place, user.pw_uid, user.pw_gid)

    def run() -> None:
        identity = Identity.for_servers("nobody")
        assert not identity.switch
        server = EmbeddedPostgres(Home(place / "home"), identity, programs=programs, memory_mb=512)
        server.start()
        assert query(server.url("huixiang_owner"), "SELECT current_user") == [("huixiang_owner",)]
        os.kill(server.pid, signal.SIGKILL)
        until(server.exited, 5, "the postmaster is gone")
        server.restart()
        assert query(server.url("huixiang_app"), "SELECT current_user") == [("huixiang_app",)]
        server.stop()

    try:
        code, message = as_user(Identity(user.pw_name, user.pw_uid, user.pw_gid, switch=me.pw_uid == 0), run)
        assert code == 0, message
    finally:
        subprocess.run(["rm", "-rf", str(place)], check=True)  # noqa: S603, S607


def as_user(identity: Identity, run: object) -> tuple[int, str]:
    """Call `run` in a forked process of that user; its exit code and what it raised. A fork, because the interpreter
    itself may lie where that user cannot reach it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if identity.switch:
                os.setgroups([])
                os.setgid(identity.gid)
                os.setuid(identity.uid)
            run()  # type: ignore[operator]
            code = 0
        except BaseException as error:  # noqa: BLE001 - it is handed on as text
            os.write(writing, str(error).encode()[:60_000])
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as message:
        text = message.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def test_a_second_start_on_one_data_directory_is_refused(postgres: EmbeddedPostgres, home: Home) -> None:
    with pytest.raises(AlreadyRunning, match=f"is in use by process {os.getpid()}: stop it first"):
        EmbeddedPostgres(home, SERVERS).start()
    assert query(postgres.url("huixiang_app"), "SELECT 1") == [(1,)]


def test_committed_rows_outlive_a_killed_postmaster_and_open_transactions_do_not(postgres: EmbeddedPostgres) -> None:
    owner = postgres.url("huixiang_owner")
    query(owner, "CREATE TABLE public.kept AS SELECT generate_series(1, 20000) AS n")
    with psycopg.connect(owner) as open_transaction:
        open_transaction.execute("INSERT INTO public.kept VALUES (0)")
        os.kill(postgres.pid, signal.SIGKILL)
        until(postgres.exited, 5, "the postmaster is gone")
        postgres.restart()
        assert postgres.url("huixiang_owner") == owner
        assert query(owner, "SELECT count(*), min(n) FROM public.kept") == [(20000, 1)]
        query(owner, "DROP TABLE public.kept")
        with pytest.raises(psycopg.OperationalError):
            open_transaction.execute("SELECT 1")


@pytest.mark.parametrize("both", [False, True], ids=["supervisor", "supervisor and postmaster"])
def test_a_killed_supervisor_leaves_nothing_running_and_nothing_in_the_way(home: Home, both: bool) -> None:  # noqa: FBT001
    killed = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.support.crashing", str(home.root)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert killed.stdout is not None
    pid, url = killed.stdout.readline().split()
    query(url, "CREATE TABLE IF NOT EXISTS public.counted (n int)")
    query(url, "INSERT INTO public.counted VALUES (1)")
    [(before,)] = query(url, "SELECT count(*) FROM public.counted")
    if both:
        os.kill(int(pid), signal.SIGKILL)
    killed.kill()
    killed.communicate()
    took = until(lambda: not is_running(int(pid)), 1.0, "the postmaster is gone")
    assert took < 1.0

    # At once, whatever the kernel has not yet cleared away.
    server = EmbeddedPostgres(home, SERVERS)
    server.start()
    assert query(server.url("huixiang_owner"), "SELECT count(*) FROM public.counted") == [(before,)]
    server.stop()
    assert not working_in(home.postgres / "data", "postgres")


def test_a_zombie_is_not_taken_for_a_running_server(home: Home) -> None:
    server = EmbeddedPostgres(home, SERVERS)
    server.start()
    os.kill(server.pid, signal.SIGKILL)
    until(server.exited, 5, "the postmaster is gone")
    zombie = os.fork()
    if zombie == 0:
        os._exit(0)
    pid_file = home.postgres / "data" / "postmaster.pid"
    until(lambda: not is_running(zombie), 5, "the child has ended and nobody has waited for it")
    os.kill(zombie, 0)  # it still counts as a process
    pid_file.write_text("\n".join([str(zombie), *pid_file.read_text().split("\n")[1:]]))
    try:
        server.restart()
        assert query(server.url("huixiang_app"), "SELECT 1") == [(1,)]
    finally:
        os.waitpid(zombie, 0)
        server.stop()


def test_what_a_start_that_was_killed_in_the_middle_left_is_cleared_away(home: Home) -> None:
    rest = home.postgres / "new"
    rest.mkdir(parents=True)
    (rest / "PG_VERSION").write_text("18")
    data = home.postgres / "data"
    if data.exists():
        data.rename(home.postgres / "aside")
    server = EmbeddedPostgres(home, SERVERS)
    server.start()
    assert query(server.url("huixiang_app"), "SELECT 1") == [(1,)]
    server.stop()
    assert not rest.exists()


def test_a_start_that_fails_says_what_the_server_said(home: Home) -> None:
    server = EmbeddedPostgres(home, SERVERS, overrides={"shared_buffers": "plenty"})
    with pytest.raises(ServerFailed, match=r'(?s)postgres\.log ends with:.*"shared_buffers".*plenty'):
        server.start()
    again = EmbeddedPostgres(home, SERVERS)
    again.start()
    again.stop()


def test_a_restart_that_fails_can_be_tried_once_more_under_the_same_url(postgres: EmbeddedPostgres, home: Home) -> None:
    url = postgres.url("huixiang_app")
    overriding = home.postgres / "data" / "postgresql.auto.conf"
    before = overriding.read_text()
    os.kill(postgres.pid, signal.SIGKILL)
    until(postgres.exited, 5, "the postmaster is gone")
    overriding.write_text("work_mem = 'plenty'\n")
    with pytest.raises(ServerFailed, match=r"postgres\.log"):
        postgres.restart()
    overriding.write_text(before)
    postgres.restart()
    assert query(url, "SELECT 1") == [(1,)]


def test_children_start_from_the_main_thread_alone() -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            spawn(["/bin/true"])
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(errors[0])


@pytest.mark.parametrize(("name", "said"), [("root", "cannot run as root"), ("no-such-user", "there is no user")])
def test_a_user_that_servers_cannot_run_as_is_refused(name: str, said: str) -> None:
    with pytest.raises(IdentityError, match=said):
        Identity.of(name)
