"""Messaging wired: who seals what is sent, whom it may reach, what carries each channel, and who hears providers."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from huixiang.members.model.consents import MARKETING
from huixiang.members.ports import KeyProvider
from huixiang.members.service import sealing
from huixiang.members.service.consents import consenting
from huixiang.members.service.look_up import states_of
from huixiang.messaging import service as messaging
from huixiang.messaging.adapters.callbacks import callbacks
from huixiang.messaging.adapters.inbox import Inbox
from huixiang.messaging.adapters.push import Push
from huixiang.messaging.adapters.settings import Channels, read
from huixiang.messaging.adapters.sink import NAME as SINK
from huixiang.messaging.adapters.sink import Sink
from huixiang.messaging.adapters.smtp import Smtp
from huixiang.messaging.adapters.webhook import Webhook
from huixiang.messaging.adapters.wechat import WeChat
from huixiang.messaging.adapters.wecom import WeCom
from huixiang.messaging.model import OWN, Channel, Standing
from huixiang.messaging.ports import Consents, Provider
from huixiang.platform.boxes import Box
from huixiang.platform.db import Database, Transaction
from huixiang.platform.settings import Settings

CARRIED: tuple[Channel, ...] = tuple(channel for channel in Channel if channel not in OWN)
_NAMES = {
    Channel.SMS: "aliyun",
    Channel.WECHAT_TEMPLATE: WeChat.name,
    Channel.EMAIL: Smtp.name,
    Channel.WECOM: WeCom.name,
    Channel.PUSH: Push.name,
    Channel.WEBHOOK: Webhook.name,
}
_BY_OWNER, _BY_INSTALLATION = b"o", b"i"


class OwnersSealer:
    """Under the owner's data key where there is one, else, for a guest, under a key of the installation. The first byte
    says which."""

    def __init__(self, keys: KeyProvider) -> None:
        self._guests = Box(keys.secret("messages to guests"))
        self._digests = keys.secret("message digests")

    async def seal(self, tx: Transaction, member_id: UUID, message_id: UUID, content: bytes) -> bytes:
        sealed = await sealing.seal(tx, member_id, _field(message_id), content.decode())
        if sealed is not None:
            return _BY_OWNER + sealed
        return _BY_INSTALLATION + self._guests.seal(content, _context(member_id, message_id))

    async def open(self, tx: Transaction, sealed: Sequence[tuple[UUID, UUID, bytes]]) -> list[bytes | None]:
        owned = [one for one in sealed if one[2][:1] == _BY_OWNER]
        opened = await sealing.unseal(tx, [(owner, _field(message), value[1:]) for owner, message, value in owned])
        found = {one[:2]: text.encode() for one, text in zip(owned, opened, strict=True) if text is not None}
        return [
            found.get((owner, message)) if value[:1] == _BY_OWNER else self._open_guest(owner, message, value[1:])
            for owner, message, value in sealed
        ]

    def digest(self, content: bytes) -> bytes:
        return hmac.digest(self._digests, content, "sha256")

    def _open_guest(self, owner: UUID, message: UUID, sealed: bytes) -> bytes:
        return self._guests.open(sealed, _context(owner, message))


class Members:
    """How members stand, by their state."""

    async def standings(self, tx: Transaction, member_ids: Collection[UUID]) -> Mapping[UUID, Standing]:
        found = await states_of(tx, member_ids)
        return {member_id: Standing(state.value) for member_id, state in found.items()}


class MembersConsents:
    """What members consented to, over all channels alike."""

    async def marketing(self, tx: Transaction, member_ids: Collection[UUID], channel: Channel) -> set[UUID]:  # noqa: ARG002 - the port's
        return await consenting(tx, member_ids, MARKETING)


def use_messaging(settings: Settings, keys: KeyProvider, consents: Consents | None = None) -> None:
    """Let this process accept messages, and hear what their providers tell."""
    channels = _channels(settings)
    messaging.use(
        messaging.Wired(
            sealer=OwnersSealer(keys),
            recipients=Members(),
            consents=consents or MembersConsents(),
            channels=names(settings),
            callbacks=callbacks(channels),
        )
    )


def names(settings: Settings) -> Mapping[Channel, str]:
    """The provider of each channel that has one; the sink for the others, but never in production. Raises CannotRun."""
    channels = _channels(settings)
    named = {channel: _NAMES[channel] for channel in CARRIED if getattr(channels, channel) is not None}
    return named if settings.environment == "production" else dict.fromkeys(CARRIED, SINK) | named


def providers(settings: Settings, db: Database) -> Mapping[Channel, Provider]:
    """What the worker delivers by. Raises CannotRun."""
    found: dict[Channel, Provider] = {Channel.INBOX: Inbox()}
    production = settings.environment == "production"
    if not production:
        found |= dict.fromkeys(CARRIED, Sink(db))
    channels = _channels(settings)
    if channels.sms is not None:
        # Imported here: it takes a second and twenty megabytes, which only a worker that sends by it should pay.
        from huixiang.messaging.adapters.aliyun import Aliyun  # noqa: PLC0415

        found[Channel.SMS] = Aliyun(channels.sms)
    if channels.wechat_template is not None:
        found[Channel.WECHAT_TEMPLATE] = WeChat(channels.wechat_template, db.clock)
    if channels.email is not None:
        found[Channel.EMAIL] = Smtp(channels.email)
    if channels.wecom is not None:
        found[Channel.WECOM] = WeCom(channels.wecom, db.clock)
    if channels.push is not None:
        found[Channel.PUSH] = Push(channels.push, db.clock, private=not production)
    if channels.webhook is not None:
        found[Channel.WEBHOOK] = Webhook(channels.webhook, db.clock, private=not production)
    return found


def _channels(settings: Settings) -> Channels:
    path = settings.channels_file
    return Channels() if path is None else read(path, production=settings.environment == "production")


def _field(message_id: UUID) -> str:
    return f"message {message_id}"


def _context(member_id: UUID, message_id: UUID) -> bytes:
    return b"huixiang guest message 1|" + member_id.bytes + message_id.bytes
