"""The supervised Valkey, and the cache that goes on without it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from huixiang.platform.cache import REST_AFTER_FAILURE_S, TIMEOUT_S, Cache
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import AlreadyRunning, Home
from huixiang.platform.embedded.process import is_running
from huixiang.platform.embedded.valkey import EmbeddedValkey
from tests.support.serving import until

SERVERS = Identity.for_servers("nobody")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    one = EmbeddedValkey(Home(tmp_path / "home"), SERVERS)
    one.start()
    yield one
    one.stop()


async def test_values_and_counters_are_kept_and_expire(server: EmbeddedValkey) -> None:
    cache = Cache.open(server.url)
    assert await cache.is_up()
    assert await cache.get("quote") is None
    await cache.put("quote", b"\x00\xff", seconds=60)
    assert await cache.get("quote") == b"\x00\xff"
    assert await cache.forget("quote", "never there")
    assert await cache.get("quote") is None
    await cache.put("soon gone", b"1", seconds=1)
    assert [await cache.count("tries", seconds=1) for _ in range(3)] == [1, 2, 3]
    await asyncio.sleep(1.1)
    assert await cache.get("soon gone") is None
    assert await cache.count("tries", seconds=1) == 1
    await cache.close()


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "hung"])
async def test_without_it_every_answer_is_not_known_and_quick(server: EmbeddedValkey, fate: signal.Signals) -> None:
    cache = Cache.open(server.url)
    await cache.put("key", b"value", seconds=60)
    os.kill(server.pid, fate)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(200):
        assert await cache.get("key") is None
        assert await cache.count("key", seconds=60) is None
        assert not await cache.forget("key")
        await cache.put("key", b"value", seconds=60)
    assert loop.time() - begun < TIMEOUT_S * 3
    assert not await cache.is_up()

    if fate == signal.SIGKILL:
        until(server.exited, 5, "Valkey is gone")
        server.restart()
    else:
        os.kill(server.pid, signal.SIGCONT)
    await asyncio.sleep(REST_AFTER_FAILURE_S)
    await cache.put("key", b"again", seconds=60)
    assert await cache.get("key") == b"again"
    await cache.close()


async def test_a_cache_that_is_switched_off_is_absent() -> None:
    cache = Cache.open(None)
    await cache.put("key", b"value", seconds=60)
    assert await cache.get("key") is None
    assert await cache.count("key", seconds=60) is None
    assert not await cache.is_up()
    await cache.close()


def test_it_listens_on_a_private_socket_only_and_stops(server: EmbeddedValkey, tmp_path: Path) -> None:
    sockets = Path(server.url.removeprefix("unix://")).parent
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert sockets.stat().st_uid == SERVERS.uid
    assert not [line for line in _open_ports(server.pid) if line]
    with pytest.raises(AlreadyRunning, match="is in use by process"):
        EmbeddedValkey(Home(tmp_path / "home"), SERVERS).start()
    pid = server.pid
    server.stop()
    assert not is_running(pid)
    assert not sockets.exists()


def _open_ports(pid: int) -> list[str]:
    """Listening TCP sockets of a process: inodes of its handles that the kernel's table of listeners names."""
    handles = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            handles.add(link.readlink().name)
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in handles:
                listening.append(fields[1])
    return listening
