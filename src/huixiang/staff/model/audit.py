"""The audit log: who did what to whom, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the audit log. `actor` is `staff:<id>`, `key:<id>`, `name:<hash of a name tried>` or `cli`; `action`
    is `noun.past` as in `key.created`; `subject` is `<kind>:<id>`. `before` and `after` hold no personal value in
    clear."""

    actor: str
    action: str
    subject: str
    member_id: UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None
