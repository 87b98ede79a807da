"""A receiver of webhooks in a process of its own: `python -m tests.webhooks.receiver PORT DIRECTORY` prints its port.

It verifies what it gets by itself, from the text of the Standard Webhooks alone, by the secret in `secret.txt`; what it
takes stands in `taken.ndjson`, which outlives it. `POST /_will` says what befalls the next requests.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DIRECTORY = Path(sys.argv[2]) if len(sys.argv) > 2 else Path()
LOCK = threading.Lock()
FAULTS: list[dict[str, Any]] = []


class Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_will":
            FAULTS.extend(json.loads(body))
            self._answer(200)
            return
        with LOCK:
            fault = FAULTS.pop(0) if FAULTS else {}
        if not self._is_signed(body):
            self._write("refused.ndjson", {"path": self.path})
            self._answer(401)
            return
        time.sleep(fault.get("seconds", 0))
        if fault.get("status", 200) < 300 or fault.get("takes"):
            message = json.loads(body)
            signatures = len(self.headers["webhook-signature"].split())
            kept = {
                "header_id": self.headers["webhook-id"],
                "signatures": signatures,
                "path": self.path,
            }
            self._write("taken.ndjson", message | kept)
        else:
            self._write("turned_away.ndjson", {"id": self.headers["webhook-id"]})
        if fault.get("drop"):
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer(fault.get("status", 200), fault.get("text", "thanks"))

    def do_GET(self) -> None:
        self._write("taken.ndjson", {"path": self.path})
        self._answer(200)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""

    def _is_signed(self, body: bytes) -> bool:
        secret = (DIRECTORY / "secret.txt").read_text().strip()
        key = base64.b64decode(secret.split("_", 1)[1])
        signed = b".".join((self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), body))
        right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = [one.split(",", 1) for one in self.headers["webhook-signature"].split(" ")]
        return any(version == "v1" and hmac.compare_digest(right, one) for version, one in given)

    def _write(self, name: str, entry: dict[str, Any]) -> None:
        with LOCK, (DIRECTORY / name).open("a") as file:
            file.write(json.dumps(entry) + "\n")

    def _answer(self, status: int, text: str = "") -> None:
        raw = text.encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"http://{self.headers['Host']}/elsewhere")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(raw)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Http)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started it goes away


if __name__ == "__main__":
    main()
