"""A shop in a process of its own: `python -m tests.checkout.shop_process PORT DIRECTORY API` prints its port.

It is told by webhooks what to charge and to give back, moves the money in its books (`books.ndjson`), and says so to
the API under the key in `key.txt`. A sum of POOR fen fails the first time; where `die` stands in its folder, it dies
once the money has moved and before anybody knows.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import urllib.request
from http.server import ThreadingHTTPServer
from typing import Any

from huixiang.kernel.clock import SystemClock
from tests.webhooks.receiver import DIRECTORY, LOCK, Http

POOR = 1313
INSTRUCTED = "checkout.payment_instructed.v1"
BOOKS = DIRECTORY / "books.ndjson"


class Shop(Http):
    def do_POST(self) -> None:  # noqa: N802 - the server's name for it
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._is_signed(body):
            self._answer(401)
            return
        event = json.loads(body)
        with LOCK:
            if event["type"] == INSTRUCTED:
                carry_out(event["data"])
        self._answer(204)


def carry_out(one: dict[str, Any]) -> None:
    """Once, however often it is told: the books know instructions by their ids."""
    path = f"orders/{one['order_id']}/payments/{one['instruction_id']}"
    if one["fen"] == POOR and one["tries"] == 1:
        call(f"{path}/fail", {"reason": "NOTENOUGH"}, f"{one['instruction_id']}:fail")
        call(f"{path}/retry", None, f"{one['instruction_id']}:retry")
        return
    paid = next((row for row in books() if row["instruction_id"] == one["instruction_id"]), None) or move(one)
    die = DIRECTORY / "die"
    if die.exists():
        die.unlink()
        os._exit(1)
    body = {"reference": paid["reference"], "paid_at": paid["paid_at"]}
    call(f"{path}/confirm", body, f"{one['instruction_id']}:{paid['reference']}")


def books() -> list[dict[str, Any]]:
    return [json.loads(line) for line in BOOKS.read_text().splitlines()] if BOOKS.exists() else []


def move(one: dict[str, Any]) -> dict[str, Any]:
    row = {
        "reference": f"pay-{len(books()) + 1}",
        "kind": one["kind"],
        "fen": one["fen"],
        "paid_at": SystemClock().now().isoformat(),
        "instruction_id": one["instruction_id"],
    }
    with BOOKS.open("a") as file:
        file.write(json.dumps(row) + "\n")
    return row


def call(path: str, body: Any, key: str) -> None:
    headers = {
        "Authorization": f"Bearer {(DIRECTORY / 'key.txt').read_text()}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{sys.argv[3]}/api/v1/{path}", content, headers, method="POST")  # noqa: S310 - ours
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310 - of this machine


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started it goes away


if __name__ == "__main__":
    main()
