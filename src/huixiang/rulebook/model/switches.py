"""Switches: one part of a document, such as a promotion, off and on at once, whichever version has it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Part = Annotated[str, Meta(min_length=1, max_length=64, description="The code of a rule within the document.")]
Reason = Annotated[str, Meta(min_length=1, max_length=500, description="Why, for who reads the history.")]


class NewSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    part: Part
    off: bool
    reason: Reason


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of the switch of a part."""

    part: str
    off: bool
    at: datetime
    by: str
    reason: str
