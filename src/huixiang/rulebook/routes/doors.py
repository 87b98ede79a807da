"""The two doors to rule documents: the same routes for systems and for people at the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from litestar.params import PathParameter, QueryParameter

from huixiang.platform.access import staff, system
from huixiang.platform.edge import Edge
from huixiang.platform.web.limits import BULK_BODY_BYTES
from huixiang.staff.model.approvals import Maker

Code = Annotated[str, PathParameter(max_length=64)]
Against = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="a version; what is in force if left out")
]
WITH_BODIES = ("rulebook:write", "rulebook:publish", "rulebook:publish_alone")


@dataclass(frozen=True, slots=True)
class Door:
    """document: the path of one. may: the mark of routes for who has a right. by: who acts, as it is kept. asks: the
    same for what waits for approval. called: what operations are called at this door, where that is not the name of
    their function."""

    document: str
    may: Callable[[str], dict[str, Any]]
    by: Callable[[Edge], str]
    asks: Callable[[Edge], Maker]
    called: Mapping[str, str] = field(default_factory=dict)

    def mark(self, right: str, operation: str) -> dict[str, Any]:
        """Keyword arguments of a handler; routes that take whole bodies allow for large ones."""
        marked = self.may(right) | {"operation_id": self.called.get(operation, operation)}
        return marked | {"request_max_body_size": BULK_BODY_BYTES} if right in WITH_BODIES else marked


SYSTEM = Door(
    "/api/v1/rulebook/{kind:str}/{code:str}",
    system,
    lambda edge: f"key:{edge.system.key_id}",
    lambda edge: Maker(edge.system.key_id, "key"),
)
CONSOLE = Door(
    "/api/console/v1/rulebook/{kind:str}/{code:str}",
    staff,
    lambda edge: f"staff:{edge.staff.staff_id}",
    lambda edge: Maker(edge.staff.staff_id),
    {
        "read_rule_document": "show_rule_document",
        "list_rule_versions": "show_rule_versions",
        "read_rule_version": "show_rule_version",
        "publish_rule_version": "publish_rules",
        "withdraw_rule_version": "withdraw_rules",
        "check_rules": "try_rules",
        "compare_rules": "contrast_rules",
        "list_rule_drafts": "show_rule_drafts",
        "create_rule_draft": "draft_rules",
        "read_rule_draft": "show_rule_draft",
        "replace_rule_draft": "redraft_rules",
        "discard_rule_draft": "drop_rule_draft",
        "compare_rule_draft": "contrast_rule_draft",
        "list_rule_switches": "show_rule_switches",
        "switch_rule": "turn_rule",
    },
)
