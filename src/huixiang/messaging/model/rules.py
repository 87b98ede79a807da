"""The rule document of messaging: quiet hours, caps of marketing, how long messages are kept."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.text import Language, Text
from huixiang.messaging.model.channels import Channel

WallClock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", description="Such as 21:00.")]


class MarketingCap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many marketing messages reach one member in a business day, week or month. channel: over this channel;
    over all together without one."""

    per: Literal["day", "week", "month"]
    at_most: Annotated[int, Meta(ge=0, le=1000)]
    channel: Channel | None = None


class MessagingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `messaging`.

    quiet_from, quiet_until: from when until when, by the wall clock of the business time zone, nothing is sent that can
    wait; may span midnight; equal: never. marketing_caps: all of them hold. kept_days: how long a message is kept with
    its evidence, from the day it was asked for. language: in which the program writes to members.
    """

    name: Text
    quiet_from: WallClock
    quiet_until: WallClock
    marketing_caps: Annotated[tuple[MarketingCap, ...], Meta(max_length=32)] = (MarketingCap("day", 1),)
    kept_days: Annotated[int, Meta(ge=30, le=3650)] = 730
    language: Language = "zh"
