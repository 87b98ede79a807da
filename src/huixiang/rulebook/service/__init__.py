"""Use cases of the rulebook: `kinds`, `read`, `publish`, `drafts`, `requests`, `switches`."""

from huixiang.rulebook.service.drafts import (
    compare,
    compare_draft,
    create_draft,
    discard_draft,
    draft,
    drafts,
    replace_draft,
    submit,
)
from huixiang.rulebook.service.kinds import check, kinds, register_kind
from huixiang.rulebook.service.publish import SHIPPED_BY, Published, load_shipped, publish, shipped, withdraw
from huixiang.rulebook.service.read import (
    current,
    in_force,
    known_standing,
    revision,
    standing,
    timeline,
    timelines,
    version,
    versions,
    versions_of,
)
from huixiang.rulebook.service.requests import request_publication, request_withdrawal, run_approved
from huixiang.rulebook.service.switches import switch, turns

__all__ = [
    "SHIPPED_BY",
    "Published",
    "check",
    "compare",
    "compare_draft",
    "create_draft",
    "current",
    "discard_draft",
    "draft",
    "drafts",
    "in_force",
    "kinds",
    "known_standing",
    "load_shipped",
    "publish",
    "register_kind",
    "replace_draft",
    "request_publication",
    "request_withdrawal",
    "revision",
    "run_approved",
    "shipped",
    "standing",
    "submit",
    "switch",
    "timeline",
    "timelines",
    "turns",
    "version",
    "versions",
    "versions_of",
    "withdraw",
]
