"""The process that owns the test session's PostgreSQL: `python -m tests.support.keeper DIRECTORY PID`.

It starts the server, makes the template database, writes DIRECTORY/ready.json, and takes all of it away when process
PID has ended.
"""

from __future__ import annotations

import os
import select
import shutil
import sys
from pathlib import Path

import msgspec
import psycopg

from huixiang.platform import migrations
from huixiang.platform.embedded.binaries import postgres_programs
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import DATABASE, EmbeddedPostgres
from tests.support import pristine
from tests.support.cluster_cache import ClusterCache
from tests.support.server import ServerInfo, chosen_programs

# Nothing here is to survive a crash of the machine; crash tests start servers of their own.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "300",
    "autovacuum_naptime": "1h",
    "max_wal_size": "1GB",
}


def main(session: Path, watched: int) -> None:
    watch = os.pidfd_open(watched)
    identity = Identity.for_servers("nobody")
    programs = chosen_programs() or postgres_programs(identity)
    server = EmbeddedPostgres(Home(session), identity, programs=programs, overrides=QUICK)
    try:
        _start(server, session / "postgres" / "data", ClusterCache(programs, identity))
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            sockets = str(connection.info.host)
        scratch = session / "ready.new"
        scratch.write_bytes(msgspec.json.encode(ServerInfo(sockets=sockets, template=DATABASE)))
        scratch.rename(session / "ready.json")
        select.select([watch], [], [])
    finally:
        server.stop()
        shutil.rmtree(session, ignore_errors=True)


def _start(server: EmbeddedPostgres, data: Path, cache: ClusterCache) -> None:
    """Start the server with the template in it."""
    if cache.fetch(data):
        server.start()
        return
    server.start()
    migrations.upgrade(server.url("huixiang_owner"))
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        pristine.install(connection)
    server.stop()
    cache.keep(data)
    server.start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
