"""By what way somebody comes who signs in."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from huixiang.members.model import SourceCode


class Arrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a link or a code said that led here: the first way of who joins, a further one of who is a member.
    `referrer` is the number of the member who shared it; nobody's number is passed over."""

    scene: SourceCode | None = None
    store: SourceCode | None = None
    guide: SourceCode | None = None
    campaign: SourceCode | None = None
    referrer: Annotated[str, Meta(pattern=r"^[0-9]{12}$(?!\n)")] | None = None
