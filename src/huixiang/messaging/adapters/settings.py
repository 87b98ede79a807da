"""The file that says how each channel sends: `HUIXIANG_CHANNELS_FILE`, TOML, readable by its owner alone.

A channel without a section has no provider. In demo and test it goes to the local sink, in production it is closed.
"""

from __future__ import annotations

import base64
import ipaddress
from pathlib import Path
from typing import Annotated, Literal

import httpx
import msgspec
from msgspec import Meta

from huixiang.messaging.model import TemplateName
from huixiang.platform import private_file
from huixiang.platform.outward import OutwardRefused, refuse_url
from huixiang.platform.settings import CannotRun

WebhookName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)")]
AesKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{43}$(?!\n)", description="As WeChat makes it.")]
LongSecret = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{32,128}$(?!\n)", description="Goes into an address.")]
Secret = Annotated[str, Meta(min_length=1, max_length=512)]
Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]{1,255}$(?!\n)")]
Sender = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}$(?!\n)")]
ProviderTemplate = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]


class Heard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """receipts_from: the networks that the provider calls from; empty: any."""

    receipts_from: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for network in self.receipts_from:
            ipaddress.ip_network(network)


class AliyunSms(Heard, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[sms]`. templates: our name of a template to the code that Aliyun gave it, for
    those whose documents name none. receipts_token: shown by Aliyun when
    it calls with status reports, which it does not sign; without one they are not heard."""

    access_key_id: Secret
    access_key_secret: Secret
    sign_name: Secret
    templates: dict[TemplateName, ProviderTemplate] = {}
    receipts_token: LongSecret | None = None
    endpoint: Host = "dysmsapi.aliyuncs.com"
    protocol: Literal["https", "http"] = "https"


class WeChatTemplates(Heard, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[wechat_template]`. templates: our name of a template to WeChat's template id, for those whose
    documents name none. callback_token, callback_aes_key:
    of the server that WeChat calls, in its safe mode; without them it is not heard."""

    app_id: Secret
    app_secret: Secret
    templates: dict[TemplateName, ProviderTemplate] = {}
    callback_token: Secret | None = None
    callback_aes_key: AesKey | None = None
    address: str = "https://api.weixin.qq.com"


class WeCom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[wecom]`. agent_id: of the application that writes to `user:`; open_kfid: of the customer service account that
    writes to `external:`."""

    corp_id: Secret
    secret: Secret
    agent_id: int | None = None
    open_kfid: Secret | None = None
    address: str = "https://qyapi.weixin.qq.com"


class SmtpServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[email]`. sender: an address, or `Name <address>`."""

    host: Host
    sender: Sender
    port: Annotated[int, Meta(ge=1, le=65535)] = 465
    security: Literal["tls", "starttls", "none"] = "tls"
    username: Secret | None = None
    password: Secret | None = None


class Gateway(Heard, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[push]`, and `[webhook.NAME]`. secret: `whsec_` and base64, or any text; it signs both ways."""

    url: str
    secret: Secret

    def __post_init__(self) -> None:
        if self.secret.startswith("whsec_"):
            base64.b64decode(self.secret.removeprefix("whsec_"), validate=True)


class Channels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sms: AliyunSms | None = None
    wechat_template: WeChatTemplates | None = None
    wecom: WeCom | None = None
    email: SmtpServer | None = None
    push: Gateway | None = None
    webhook: dict[WebhookName, Gateway] | None = None

    def gateways(self) -> dict[str, Gateway]:
        """Push and webhooks by the name that they stand under in the file."""
        hooks = {f"webhook.{name}": gateway for name, gateway in (self.webhook or {}).items()}
        return hooks if self.push is None else {"push": self.push, **hooks}


def read(path: Path, *, production: bool) -> Channels:
    """Raises CannotRun for a file that is missing, readable by others, or says what is not allowed: in production
    nothing goes without TLS, and no push into a private network."""
    try:
        channels = msgspec.toml.decode(private_file.read(path), type=Channels)
    except FileNotFoundError:
        raise CannotRun(f"there is no channels file {path}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path}: {error}") from None
    if production:
        _refuse_open(path, channels)
    for name, gateway in channels.gateways().items():
        try:
            refuse_url(httpx.URL(gateway.url), private=not production)
        except (OutwardRefused, httpx.InvalidURL) as refusal:
            raise CannotRun(f"{path}: {name}.url is refused: {refusal}") from None
    return channels


def _refuse_open(path: Path, channels: Channels) -> None:
    sms, wechat, wecom, email = channels.sms, channels.wechat_template, channels.wecom, channels.email
    open_ones = {
        "sms.protocol": sms is not None and sms.protocol != "https",
        "wechat_template.address": wechat is not None and not wechat.address.startswith("https://"),
        "wecom.address": wecom is not None and not wecom.address.startswith("https://"),
        "email.security": email is not None and email.security == "none",
    }
    for name, is_open in open_ones.items():
        if is_open:
            raise CannotRun(f"{path}: {name} would send without TLS, which production does not")
