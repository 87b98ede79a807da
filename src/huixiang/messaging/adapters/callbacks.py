"""What providers tell of their own accord: Aliyun's status reports, WeChat's template events, receipts of gateways."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import InvalidInput
from huixiang.messaging.adapters.envelope import Envelope, fields, require_fresh
from huixiang.messaging.adapters.settings import AliyunSms, Channels, Gateway, WeChatTemplates
from huixiang.messaging.model import Channel
from huixiang.messaging.model.receipts import Call, CallbackRefused, Delivery, Heard, ProviderReceipt
from huixiang.messaging.ports import Callback
from huixiang.platform.webhook_signature import signature

JSON, TEXT = "application/json", "text/plain; charset=utf-8"
_CHINA = timezone(timedelta(hours=8))
Code = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}$(?!\n)")]


class _Report(msgspec.Struct):
    """One status report of Aliyun's. What else it says (the phone, a text) is not looked at."""

    success: bool
    report_time: str
    err_code: str = ""
    out_id: str = ""


class _GatewayReceipt(msgspec.Struct, forbid_unknown_fields=True):
    message: UUID
    state: Literal["delivered", "undelivered"]
    occurred_at: Annotated[datetime, Meta(tz=True)]
    code: Code = "none"


class AliyunReports:
    """Status reports in batches, which Aliyun does not sign: the address that it is given holds a secret."""

    def __init__(self, settings: AliyunSms, token: str) -> None:
        self._from = settings.receipts_from
        self._token = token

    def hear(self, call: Call) -> Heard:
        require_from(call, self._from)
        if call.method != "POST" or not hmac.compare_digest(call.query.get("token", "").encode(), self._token.encode()):
            raise CallbackRefused
        reports: list[_Report] = decode(call.body, Annotated[list[_Report], Meta(max_length=1000)])
        heard = [receipt for report in reports if (receipt := _reported(report)) is not None]
        return Heard(heard, b'{"code":0,"msg":"ok"}', JSON)


class WeChatEvents:
    """Events of a service account: how the sending of a template message ended."""

    def __init__(self, settings: WeChatTemplates, token: str, aes_key: str) -> None:
        self._from = settings.receipts_from
        self._envelope = Envelope(token, aes_key, settings.app_id)

    def hear(self, call: Call) -> Heard:
        require_from(call, self._from)
        if call.method == "GET":
            return Heard([], self._envelope.greets(call.query, call.now).encode(), TEXT)
        event = fields(self._envelope.open(call.query, fields(call.body).get("Encrypt", ""), call.now))
        ended = event.get("Event") == "TEMPLATESENDJOBFINISH" and event.get("MsgID", "").isdigit()
        return Heard([_finished(event, call.now)] if ended else [], b"success", TEXT)


class GatewayReceipts:
    """Receipts of a gateway of the retailer's own, signed as what is sent to it is."""

    def __init__(self, channel: Channel, gateway: Gateway) -> None:
        self._channel = channel
        self._gateway = gateway

    def hear(self, call: Call) -> Heard:
        require_from(call, self._gateway.receipts_from)
        named, stamp = call.headers.get("webhook-id", ""), call.headers.get("webhook-timestamp", "")
        expected = signature(self._gateway.secret, named, stamp, call.body).encode()
        shown = call.headers.get("webhook-signature", "").split(" ")
        if call.method != "POST" or not any(hmac.compare_digest(one.encode(), expected) for one in shown):
            raise CallbackRefused
        require_fresh(stamp, call.now)
        told: _GatewayReceipt = decode(call.body, _GatewayReceipt)
        receipt = ProviderReceipt(
            provider=self._channel.value,
            channel=self._channel,
            message_id=told.message,
            state=Delivery(told.state),
            code=told.code,
            occurred_at=told.occurred_at.astimezone(UTC),
        )
        return Heard([receipt], b"{}", JSON)


def callbacks(channels: Channels) -> dict[str, Callback]:
    """Who hears, by the name in the address that a provider is given: `aliyun`, `wechat`, `push`, `webhook.NAME`."""
    found: dict[str, Callback] = {}
    sms, wechat = channels.sms, channels.wechat_template
    if sms is not None and sms.receipts_token is not None:
        found["aliyun"] = AliyunReports(sms, sms.receipts_token)
    if wechat is not None and wechat.callback_token is not None and wechat.callback_aes_key is not None:
        found["wechat"] = WeChatEvents(wechat, wechat.callback_token, wechat.callback_aes_key)
    for name, gateway in channels.gateways().items():
        channel = Channel.PUSH if name == "push" else Channel.WEBHOOK
        found[name] = GatewayReceipts(channel, gateway)
    return found


def require_from(call: Call, networks: Sequence[str]) -> None:
    """Raises CallbackRefused for a call from elsewhere than the networks; there are none: from anywhere."""
    if networks and not any(
        call.address is not None and call.address in ipaddress.ip_network(network) for network in networks
    ):
        raise CallbackRefused


def decode(body: bytes, kind: Any) -> Any:
    """What a provider said that has shown itself. Raises InvalidInput."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError):
        raise InvalidInput(path="$", problem="is not what this provider is documented to say") from None


def _reported(report: _Report) -> ProviderReceipt | None:
    """None for a message that is not ours: another program may send by the same account."""
    try:
        message_id = UUID(hex=report.out_id)
        occurred_at = datetime.strptime(report.report_time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)
    except ValueError:
        return None
    return ProviderReceipt(
        provider="aliyun",
        channel=Channel.SMS,
        message_id=message_id,
        state=Delivery.DELIVERED if report.success else Delivery.UNDELIVERED,
        code=short(report.err_code),
        occurred_at=occurred_at.astimezone(UTC),
    )


def _finished(event: dict[str, str], now: datetime) -> ProviderReceipt:
    """Status: `success`, `failed:user block`, `failed: system failed`."""
    status = event.get("Status", "")
    created = event.get("CreateTime", "")
    known = created.isascii() and created.isdigit() and len(created) <= 12
    return ProviderReceipt(
        provider="wechat",
        channel=Channel.WECHAT_TEMPLATE,
        provider_ref=event["MsgID"],
        state=Delivery.DELIVERED if status == "success" else Delivery.UNDELIVERED,
        code=short(status.replace(": ", ":").replace(" ", "_")),
        occurred_at=datetime.fromtimestamp(int(created), UTC) if known else now,
    )


def short(code: str) -> str:
    """A code as it is kept; `unreadable` for what is more than a code."""
    return code if 1 <= len(code) <= 64 and code.isascii() and code.isprintable() and " " not in code else "unreadable"
