"""Shapes of messages over HTTP where they differ from the model."""

from __future__ import annotations

from uuid import UUID

import msgspec


class ReadThrough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The latest message that was shown: what came after it stays unread."""

    through: UUID
