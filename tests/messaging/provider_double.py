"""Providers in a process of their own, with books of their own: Aliyun's short messages, WeChat's templates, WeCom,
push and webhook gateways over HTTP, and a mail server. `python -m tests.messaging.provider_double` prints its two ports
as JSON.

They check what the real ones check (signatures, tokens), keep what they took, and fail as they are told: each fault is
used up by one request of its service.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import socketserver
import sys
import threading
import time
from collections import defaultdict
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

ALIYUN_SECRET, WECHAT_SECRET, PUSH_SECRET = (
    "aliyun-secret",
    "wechat-secret",
    "whsec_" + base64.b64encode(b"push").decode(),
)
WECOM_SECRET = "wecom-secret"
SIGNED_HEADERS = "SignedHeaders="


class Books:
    """What was taken, by service; faults to come; requests seen."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.taken: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.faults: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.requests: dict[str, int] = defaultdict(int)
        self.token = 1

    def fault(self, service: str) -> dict[str, Any]:
        with self.lock:
            self.requests[service] += 1
            return self.faults[service].pop(0) if self.faults[service] else {}

    def take(self, service: str, message: dict[str, Any]) -> None:
        with self.lock:
            self.taken[service].append(message)


BOOKS = Books()


class Refused(Exception):
    """(status, body) to answer with."""


class Dropped(Exception):
    """The connection ends without an answer."""


class Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            status, answer = self._route(parts.path, query, body)
        except Refused as refused:
            status, answer = refused.args
        except Dropped:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        raw = json.dumps(answer).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://{self.headers['Host']}/_elsewhere")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(raw)

    def _route(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if path == "/_faults":
            for service, faults in json.loads(body).items():
                BOOKS.faults[service] += faults
            return 200, {}
        if path == "/_books":
            BOOKS.taken |= json.loads(body)
            return 200, {}
        if path == "/_state":
            return 200, {"taken": BOOKS.taken, "requests": BOOKS.requests}
        if path == "/" and "x-acs-action" in self.headers:
            return aliyun(self.headers, query, body, self.command)
        if path in {"/cgi-bin/gettoken", "/cgi-bin/message/send", "/cgi-bin/kf/send_msg", "/cgi-bin/kf/sync_msg"}:
            return wecom(path, query, json.loads(body or b"{}"))
        if path.startswith("/cgi-bin/"):
            return wechat(path, query, json.loads(body))
        if path in {"/push", "/webhook"}:
            return push(path[1:], self.headers, query, body, self.command)
        BOOKS.fault(path)
        return 404, {}


def aliyun(headers: Message[str, str], query: dict[str, str], body: bytes, method: str) -> tuple[int, Any]:
    require_aliyun_signature(headers, query, body, method)
    if headers["x-acs-action"] == "QuerySendDetails":
        fault = BOOKS.fault("aliyun_ask")
        if "code" in fault:
            return 200, {"Code": fault["code"], "Message": "no"}
        listed = [
            {
                "OutId": one["OutId"],
                "PhoneNum": one["PhoneNumbers"],
                "SendStatus": one["status"],
                "ErrCode": "DELIVERED",
            }
            for one in BOOKS.taken["aliyun"]
            if one["PhoneNumbers"] == query["PhoneNumber"]
        ]
        shown = [] if fault.get("incomplete") else listed
        return 200, {
            "Code": "OK", "Message": "OK", "RequestId": "r", "TotalCount": len(listed) + bool(fault.get("incomplete")),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown},
        }  # fmt: skip
    fault = BOOKS.fault("aliyun")
    if "code" in fault:
        raise Refused(fault.get("status", 200), {"Code": fault["code"], "Message": query["PhoneNumbers"]})
    suffer(fault, "aliyun", {**query, "status": fault.get("delivered", 3)})
    return 200, {"Code": "OK", "Message": "OK", "BizId": f"biz-{len(BOOKS.taken['aliyun'])}", "RequestId": "r"}


def require_aliyun_signature(headers: Message[str, str], query: dict[str, str], body: bytes, method: str) -> None:
    """ACS3-HMAC-SHA256, reckoned anew from its documentation."""
    authorization = headers["Authorization"]
    names = authorization.split(SIGNED_HEADERS)[1].split(",")[0].split(";")
    canonical_query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(query.items()))
    canonical_headers = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    hashed = hashlib.sha256(body).hexdigest()
    request = "\n".join([method, "/", canonical_query, canonical_headers, ";".join(names), hashed])
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
    expected = hmac.new(ALIYUN_SECRET.encode(), to_sign.encode(), "sha256").hexdigest()
    if not authorization.endswith("Signature=" + expected) or headers["x-acs-content-sha256"] != hashed:
        raise Refused(400, {"Code": "SignatureDoesNotMatch", "Message": "signature"})


def wechat(path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
    if path == "/cgi-bin/stable_token":
        BOOKS.fault("wechat_token")
        if body["secret"] != WECHAT_SECRET:
            return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
        return 200, {"access_token": f"token-{BOOKS.token}", "expires_in": 7200}
    fault = BOOKS.fault("wechat")
    if fault.get("renewed"):
        BOOKS.token += 1
    if query.get("access_token") != f"token-{BOOKS.token}":
        return 200, {"errcode": 40001, "errmsg": "invalid credential"}
    if "errcode" in fault:
        return 200, {"errcode": fault["errcode"], "errmsg": body["touser"]}
    if body["client_msg_id"] in {one["client_msg_id"] for one in BOOKS.taken["wechat"]}:
        return 200, {"errcode": 40241, "errmsg": "duplicate"}
    suffer(fault, "wechat", body)
    return 200, {"errcode": 0, "errmsg": "ok", "msgid": 1000 + len(BOOKS.taken["wechat"])}


def wecom(path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
    """As https://developer.work.weixin.qq.com documents 90236 (of an application) and 94677 (to a customer)."""
    if path == "/cgi-bin/gettoken":
        BOOKS.fault("wecom_token")
        if query.get("corpsecret") != WECOM_SECRET:
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        return 200, {"errcode": 0, "errmsg": "ok", "access_token": f"token-{BOOKS.token}", "expires_in": 7200}
    fault = BOOKS.fault("wecom_sync" if path.endswith("sync_msg") else "wecom")
    BOOKS.token += bool(fault.get("renewed"))
    if query.get("access_token") != f"token-{BOOKS.token}":
        return 200, {"errcode": 42001, "errmsg": "access_token expired"}
    if {"status", "errcode", "invalid"} & set(fault):
        refusal = {"errcode": fault.get("errcode", 0), "errmsg": body.get("touser", "")}
        return fault.get("status", 200), refusal | ({"invaliduser": body["touser"]} if "invalid" in fault else {})
    return tell_wecom(body) if path.endswith("sync_msg") else take_wecom(path, fault, body)


def tell_wecom(body: dict[str, Any]) -> tuple[int, Any]:
    """As 94670: what customers wrote and which messages failed (`wecom_events`), two at a time."""
    if body["open_kfid"] != "wk1":
        return 200, {"errcode": 95000, "errmsg": "invalid open_kfid"}
    since = int(body["cursor"] or 0)
    shown = BOOKS.taken["wecom_events"][since : since + 2]
    more = since + len(shown) < len(BOOKS.taken["wecom_events"])
    return 200, {
        "errcode": 0, "errmsg": "ok", "next_cursor": str(since + len(shown)), "has_more": int(more), "msg_list": shown,
    }  # fmt: skip


def take_wecom(path: str, fault: dict[str, Any], body: dict[str, Any]) -> tuple[int, Any]:
    if path == "/cgi-bin/kf/send_msg":
        if body["msgid"] in {one.get("msgid") for one in BOOKS.taken["wecom"]}:
            return 200, {"errcode": 40035, "errmsg": "invalid parameter"}
        suffer(fault, "wecom", body)
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": body["msgid"]}
    if not (body["enable_duplicate_check"] == 1 and body in BOOKS.taken["wecom"]):
        suffer(fault, "wecom", body)
    return 200, {"errcode": 0, "errmsg": "ok", "msgid": "msg-1"}


def push(service: str, headers: Message[str, str], query: dict[str, str], body: bytes, method: str) -> tuple[int, Any]:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(b"push", signed, "sha256")).decode()
    if headers["webhook-signature"] != expected:
        raise Refused(401, {})
    if method == "GET":
        fault = BOOKS.fault(f"{service}_ask")
        if "status" in fault:
            return fault["status"], {}
        known = query["message"] in {one["id"] for one in BOOKS.taken[service]}
        return (200, {"state": "taken"}) if known else (404, {})
    fault = BOOKS.fault(service)
    if "status" in fault:
        return fault["status"], {}
    suffer(fault, service, json.loads(body))
    return 202, {}


def suffer(fault: dict[str, Any], service: str, message: dict[str, Any]) -> None:
    """Take the message, or lose it, as the fault has it."""
    if fault.get("kind") == "lose":
        raise Dropped
    BOOKS.take(service, message)
    if fault.get("kind") == "double":
        BOOKS.take(service, message)
    if fault.get("kind") == "delay":
        time.sleep(fault["seconds"])
    if fault.get("kind") == "drop":
        raise Dropped


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client that hands over one message needs."""

    def handle(self) -> None:
        fault = BOOKS.fault("smtp")
        envelope: dict[str, Any] = {"to": []}
        self._say("220 double ESMTP")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb = line.split(" ")[0].upper()
            if verb == "MAIL":
                envelope["from"] = line
            if verb == "RCPT":
                envelope["to"].append(line.partition("<")[2].partition(">")[0])
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA" and "data" not in fault:
                if not self._take(fault, envelope):
                    return
                continue
            if verb.lower() in fault:
                self._say(f"{fault[verb.lower()]} no")
                continue
            self._say({"EHLO": "250-double\r\n250 8BITMIME", "DATA": "354 go on"}.get(verb, "250 ok"))

    def _take(self, fault: dict[str, Any], envelope: dict[str, Any]) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        parsed = message_from_bytes(b"".join(lines), policy=default)
        envelope["headers"] = [[name, str(value)] for name, value in parsed.items()]
        envelope["text"] = parsed.get_content()
        try:
            suffer(fault, "smtp", envelope)
        except Dropped:
            return False
        self._say("250 taken")
        return True

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(line.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main() -> None:
    """Arguments: the ports; 0 is any free one."""
    ports = [int(port) for port in sys.argv[1:]] or [0, 0]
    web = ThreadingHTTPServer(("127.0.0.1", ports[0]), Http)
    mail = MailServer(("127.0.0.1", ports[1]), Mail)
    for server in (web, mail):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"http": web.server_address[1], "smtp": mail.server_address[1]}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started it goes away


if __name__ == "__main__":
    main()
