"""What carries messages, the two classes of them, and who can be written to."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """What carries a message. The inbox and pop-ups are kept here, for the retailer's app and the member pages to
    fetch; each of the others needs a provider."""

    INBOX = "inbox"
    POPUP = "popup"
    SMS = "sms"
    WECHAT_TEMPLATE = "wechat_template"
    WECOM = "wecom"
    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"


# Those that no provider carries.
OWN = frozenset({Channel.INBOX, Channel.POPUP})


class MessageClass(StrEnum):
    """A service notice is what the terms or the law promise: codes, orders, refunds, expiry, renewal. All else is
    marketing."""

    SERVICE = "service"
    MARKETING = "marketing"


class Standing(StrEnum):
    """How somebody stands who is written to: the state of a member, or nobody's yet."""

    GUEST = "guest"
    ACTIVE = "active"
    MINOR = "minor"
    BLOCKED = "blocked"
    CLOSED = "closed"
    DECEASED = "deceased"
    MERGING = "merging"
    MERGED = "merged"
