"""Pop-ups: shown once by the retailer's app or the member pages, until an end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.messaging.model.channels import MessageClass


class Popup(msgspec.Struct, frozen=True, kw_only=True):
    """A pop-up as the member sees it, until `expires_at`."""

    message_id: UUID
    message_class: MessageClass
    template: str
    title: str | None
    text: str
    expires_at: datetime
    shown_at: datetime | None
    dismissed_at: datetime | None


class Popups(msgspec.Struct, frozen=True):
    """What is still to be shown, the oldest first."""

    popups: list[Popup]


class PopupOver(DomainError):
    """Was shown before, perhaps by another device, or its time has run out: it is not to be shown."""

    code = "popup_over"
    status = 409
    title = Text(zh="弹窗已结束", en="Pop-up over")
    detail = Text(zh="该弹窗已展示过或已过期，不应再展示。", en="This pop-up was shown before, or has run out.")
