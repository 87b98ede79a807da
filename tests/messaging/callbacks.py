"""Calls as providers make them: signed, sealed, in their documented shapes."""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from huixiang.kernel.ids import new_id
from huixiang.messaging.adapters.envelope import signature
from huixiang.platform.webhook_signature import signature as webhook_signature
from tests.messaging.doubles import AES_KEY, CALLBACK_TOKEN
from tests.messaging.provider_double import PUSH_SECRET

CHINA = ZoneInfo("Asia/Shanghai")


def report(message_id: UUID, at: datetime, *, success: bool = True, code: str = "DELIVERED") -> dict[str, Any]:
    """One of Aliyun's, as its documentation of SmsReport shows them."""
    stamp = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    return {
        "phone_number": "13800000001", "send_time": stamp, "report_time": stamp, "success": success, "err_code": code,
        "err_msg": "用户接收成功", "sms_size": "1", "biz_id": "biz-1", "out_id": message_id.hex,
    }  # fmt: skip


def sealed(inside: str, account: str = "wx1", key: str = AES_KEY) -> str:
    """As WeChat's safe mode seals: AES-256-CBC under the key, whose first half is the start."""
    message = inside.encode()
    plain = os.urandom(16) + len(message).to_bytes(4) + message + account.encode()
    padding = 32 - len(plain) % 32
    secret = base64.b64decode(key + "=")
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def finished(msgid: str, status: str, at: datetime) -> str:
    """TEMPLATESENDJOBFINISH, as WeChat's documentation shows it."""
    return f"""<xml>
<ToUserName><![CDATA[gh_7f083739789a]]></ToUserName>
<FromUserName><![CDATA[oABCD1234567]]></FromUserName>
<CreateTime>{int(at.timestamp())}</CreateTime>
<MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>
<MsgID>{msgid}</MsgID>
<Status><![CDATA[{status}]]></Status>
</xml>"""


def from_wechat(encrypted: str, at: datetime, **changes: str) -> dict[str, Any]:
    """The arguments of a POST as WeChat makes it."""
    stamp = str(int(at.timestamp()))
    signed = signature(CALLBACK_TOKEN, stamp, "nonce", encrypted)
    query = {"timestamp": stamp, "nonce": "nonce", "encrypt_type": "aes", "msg_signature": signed} | changes
    body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return {"params": query, "content": body.encode(), "headers": {"Content-Type": "text/xml"}}


def from_gateway(message_id: UUID, state: str, at: datetime, *, signed_at: datetime | None = None, **more: str) -> Any:
    """The arguments of a POST as a gateway makes it."""
    body = json.dumps({"message": str(message_id), "state": state, "occurred_at": at.isoformat()} | more).encode()
    named, stamp = f"msg_{new_id().hex}", str(int((signed_at or at).timestamp()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": named,
        "webhook-timestamp": stamp,
        "webhook-signature": webhook_signature(PUSH_SECRET, named, stamp, body),
    }
    return {"content": body, "headers": headers}


def late(at: datetime) -> datetime:
    return at - timedelta(minutes=6)
