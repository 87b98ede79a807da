"""The sandbox identity provider in a process of its own, from the tests' side, and people who go through it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec

ROOT = Path(__file__).parents[2]
CALLBACK = "https://shop.example/m/sign-in"


class Sandbox(msgspec.Struct, frozen=True):
    url: str
    sign_in_file: Path

    def will(self, **fault: Any) -> None:
        """What befalls the next request."""
        httpx.post(f"{self.url}/sandbox/faults", json=[fault]).raise_for_status()

    def kit(self, app_id: str, person: int = 0) -> str:
        """A code as the provider's kit gives it in an app or a mini-program."""
        answer = httpx.post(f"{self.url}/sandbox/codes", json={"app_id": app_id, "person": person})
        return str(answer.raise_for_status().json()["code"])

    def agree(self, authorize_url: str, person: str = "王小明") -> dict[str, str]:
        """What the browser brings back once somebody has said on the provider's page who they are."""
        page = httpx.get(authorize_url).raise_for_status().text
        links = {name: unescape(link) for link, name in re.findall(r'<a href="([^"]+)">([^<]+)</a>', page)}
        back = httpx.get(f"{self.url}{links[person]}", follow_redirects=False)
        assert back.status_code == 302, back.text
        assert back.headers["location"].startswith(f"{CALLBACK}?")
        return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["location"]).query).items()}


@contextmanager
def running(home: Path) -> Iterator[Sandbox]:
    process = subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-m", "huixiang.entry.sandbox.identity", "--home", str(home), "--callback", CALLBACK],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield msgspec.convert(json.loads(process.stdout.readline()), Sandbox, dec_hook=lambda kind, value: kind(value))
    finally:
        process.terminate()
        process.communicate(timeout=10)
