"""Whose address a request counts as: the peer's, unless the peer is a proxy that is trusted."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from huixiang.platform.web.client import address_of, client_of, neighbourhood
from tests.support.serving import ROOT, until

FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


@contextmanager
def served(trusted: str) -> Iterator[httpx.Client]:
    """The server of one API process, as `serve` starts it, around an application that says what it sees."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.set_inheritable(True)
        port = listener.getsockname()[1]
        module = "huixiang.entry.supervisor.api"
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module, str(listener.fileno()), "tests.support.address_app:create_app"],
            env={**os.environ, "HUIXIANG_TRUSTED_PROXIES": trusted, "PYTHONPATH": str(ROOT)},
            pass_fds=[listener.fileno()],
            cwd=ROOT,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                yield client
        finally:
            process.terminate()
            until(lambda: process.poll() is not None, 20, "the server ends")


@pytest.mark.requirement("SEC-01")
def test_without_trusted_proxies_nobody_says_who_they_are() -> None:
    with served("") as client:
        assert client.get("/", headers=FORGED).text == "http 127.0.0.1"


@pytest.mark.requirement("SEC-02")
def test_a_trusted_proxy_is_believed_and_what_it_was_told_before_is_not() -> None:
    with served("127.0.0.1, 10.0.0.0/8") as client:
        assert client.get("/", headers=FORGED).text == "https 203.0.113.9"
        chains = {
            "198.51.100.1, 203.0.113.9, 10.1.2.3": "203.0.113.9",
            "203.0.113.9:4711": "203.0.113.9",
            "[2001:db8::7]:4711": "2001:db8::7",
            "::ffff:203.0.113.9": "203.0.113.9",
            "203.0.113.9, nonsense": "None",
        }
        for said, expected in chains.items():
            assert client.get("/", headers={"X-Forwarded-For": said}).text == f"http {expected}", said


def test_what_counts_as_one_address() -> None:
    assert client_of({"client": None}) is None
    assert address_of("fe80::1%eth0") == address_of("fe80::1")
    assert neighbourhood(address_of("2001:db8:1:2:3::4")) == neighbourhood(address_of("2001:db8:1:2::9"))
    assert neighbourhood(address_of("2001:db8:1:3::4")) != neighbourhood(address_of("2001:db8:1:2::9"))
    assert neighbourhood(address_of("203.0.113.9")) == "203.0.113.9"
    assert neighbourhood(address_of("/run/socket")) == "unknown"
