"""The providers' process from the tests' side, and the channels file that leads to it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.messaging.provider_double import ALIYUN_SECRET, PUSH_SECRET, WECHAT_SECRET

ROOT = Path(__file__).parents[2]


class Providers:
    """One process of providers. Services: aliyun, aliyun_ask, wechat, wechat_token, push, push_ask, smtp."""

    def __init__(self, http: int, smtp: int) -> None:
        self.http, self.smtp = http, smtp

    def will(self, service: str, *faults: dict[str, Any]) -> None:
        """What befalls the next requests of a service, in order; `{}` is none."""
        self._call("/_faults", json.dumps({service: faults}).encode())

    def taken(self, service: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("/_state")["taken"].get(service, [])
        return found

    def requests(self, service: str) -> int:
        return int(self._call("/_state")["requests"].get(service, 0))

    def channels(self, **changes: str) -> str:
        """A channels file whose sections lead here; `push_url=...` and so on to lead elsewhere."""
        values = {"push_url": f"http://127.0.0.1:{self.http}/push", "sms": f"127.0.0.1:{self.http}"} | changes
        return f"""
[sms]
access_key_id = "key"
access_key_secret = "{values.get("sms_secret", ALIYUN_SECRET)}"
sign_name = "惠象"
endpoint = "{values["sms"]}"
protocol = "http"
templates = {{ sign_in_code = "SMS_1000" }}
[wechat_template]
app_id = "wx1"
app_secret = "{WECHAT_SECRET}"
address = "http://127.0.0.1:{self.http}"
templates = {{ sign_in_code = "tpl-1" }}
[email]
host = "127.0.0.1"
port = {self.smtp}
security = "none"
sender = "惠象 <service@huixiang.example>"
[push]
url = "{values["push_url"]}"
secret = "{PUSH_SECRET}"
"""

    def _call(self, path: str, body: bytes | None = None) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", body, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def running() -> Iterator[Providers]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.messaging.provider_double"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Providers(**json.loads(process.stdout.readline()))
    finally:
        process.communicate(timeout=10)
