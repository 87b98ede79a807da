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

from tests.messaging.provider_double import ALIYUN_SECRET, PUSH_SECRET, WECHAT_SECRET, WECOM_SECRET

CALLBACK_TOKEN, REPORTS_TOKEN = "callback-token", "reports-token-of-thirty-two-characters"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ROOT = Path(__file__).parents[2]


class Providers:
    """One process of providers. Services: aliyun, aliyun_ask, wechat, wechat_token, wecom, wecom_token, push,
    push_ask, webhook, webhook_ask, smtp."""

    def __init__(self, http: int, smtp: int) -> None:
        self.http, self.smtp = http, smtp
        self._process: subprocess.Popen[str] | None = None
        self._books: dict[str, Any] = {}

    def start(self) -> None:
        """At the ports that it has, or at free ones; with the books it had when it was killed."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.messaging.provider_double", str(self.http), str(self.smtp)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self.http, self.smtp = ports["http"], ports["smtp"]

    def kill(self) -> None:
        """With whatever is under way. What it took stands in its books."""
        assert self._process is not None
        self._books = self._call("/_state")["taken"]
        self._process.kill()
        self._process.communicate(timeout=10)

    def revive(self) -> None:
        self.start()
        self._call("/_books", json.dumps(self._books).encode())

    def stop(self) -> None:
        assert self._process is not None
        self._process.communicate(timeout=10)

    def will(self, service: str, *faults: dict[str, Any]) -> None:
        """What befalls the next requests of a service, in order; `{}` is none."""
        self._call("/_faults", json.dumps({service: faults}).encode())

    def book(self, service: str, *entries: dict[str, Any]) -> None:
        """What stands in its books from now on."""
        self._call("/_books", json.dumps({service: entries}).encode())

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
receipts_token = "{REPORTS_TOKEN}"
templates = {{ sign_in_code = "SMS_1000" }}
[wechat_template]
app_id = "wx1"
app_secret = "{WECHAT_SECRET}"
address = "http://127.0.0.1:{self.http}"
templates = {{ sign_in_code = "tpl-1" }}
callback_token = "{CALLBACK_TOKEN}"
callback_aes_key = "{AES_KEY}"
[wecom]
corp_id = "ww1"
secret = "{WECOM_SECRET}"
agent_id = 1000002
open_kfid = "wk1"
address = "http://127.0.0.1:{self.http}"
[email]
host = "127.0.0.1"
port = {self.smtp}
security = "none"
sender = "惠象 <service@huixiang.example>"
[push]
url = "{values["push_url"]}"
secret = "{PUSH_SECRET}"
[webhook.crm]
url = "http://127.0.0.1:{self.http}/webhook"
secret = "{PUSH_SECRET}"
"""

    def _call(self, path: str, body: bytes | None = None) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", body, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def running() -> Iterator[Providers]:
    made = Providers(0, 0)
    made.start()
    try:
        yield made
    finally:
        made.stop()
