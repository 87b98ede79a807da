"""Drafts of rule documents."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.rulebook import service
from huixiang.rulebook.model import Difference, Draft, DraftChange, DraftSummary, NewDraft
from huixiang.rulebook.routes.doors import Against, Code, Door


def drafting(door: Door) -> list[HTTPRouteHandler]:
    """All that can be done with drafts, but to publish them."""

    @get(f"{door.document}/drafts", **door.mark("rulebook:read", "list_rule_drafts"))
    async def list_rule_drafts(
        edge: NamedDependency[Edge], kind: Code, code: Code, cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
    ) -> Page[DraftSummary]:
        """The open drafts of a rule document, the last changed first."""
        return await edge.query(lambda tx: service.drafts(tx, kind, code, cursor, limit))

    @post(f"{door.document}/drafts", **door.mark("rulebook:write", "create_rule_draft"))
    async def create_rule_draft(
        edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[NewDraft]
    ) -> Response[Draft]:
        """Keep a draft, whether or not it could be published."""
        return await edge.command(lambda tx: service.create_draft(tx, kind, code, data, door.by(edge)))

    @get(door.document + "/drafts/{draft_id:uuid}", **door.mark("rulebook:read", "read_rule_draft"))
    async def read_rule_draft(edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID]) -> Draft:
        """A draft, in whatever state."""
        return await edge.query(lambda tx: service.draft(tx, kind, code, draft_id))

    @patch(door.document + "/drafts/{draft_id:uuid}", **door.mark("rulebook:write", "replace_rule_draft"))
    async def replace_rule_draft(
        edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID], data: JSONBody[DraftChange]
    ) -> Response[Draft]:
        """Write a draft anew; refused where somebody else did since it was read."""
        return await edge.command(lambda tx: service.replace_draft(tx, kind, code, draft_id, data, door.by(edge)))

    @post(
        door.document + "/drafts/{draft_id:uuid}/discard",
        status_code=200,
        **door.mark("rulebook:write", "discard_rule_draft"),
    )
    async def discard_rule_draft(
        edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID]
    ) -> Response[Draft]:
        """Close a draft for good."""
        return await edge.command(lambda tx: service.discard_draft(tx, kind, code, draft_id, door.by(edge)))

    @get(door.document + "/drafts/{draft_id:uuid}/difference", **door.mark("rulebook:read", "compare_rule_draft"))
    async def compare_rule_draft(
        edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID], against: Against = None
    ) -> Difference:
        """What a draft would change, field by field, of what is in force or of a version."""
        return await edge.query(lambda tx: service.compare_draft(tx, kind, code, draft_id, against))

    return [
        list_rule_drafts,
        create_rule_draft,
        read_rule_draft,
        replace_rule_draft,
        discard_rule_draft,
        compare_rule_draft,
    ]
