"""Rule documents for systems: read, drafted, published, switched off. For people, `console` has the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from huixiang.platform.access import system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.limits import BULK_BODY_BYTES
from huixiang.platform.web.times import check_times
from huixiang.rulebook import service
from huixiang.rulebook.model import (
    Difference,
    Draft,
    DraftChange,
    DraftSummary,
    Findings,
    NewDraft,
    NewSwitch,
    NewVersion,
    Switch,
    Withdrawal,
)
from huixiang.rulebook.schemas import (
    CheckedBody,
    PublishedVersion,
    RuleDocument,
    RuleVersion,
    Switches,
    listed,
    published,
    shown,
)

DOCUMENT = "/api/v1/rulebook/{kind:str}/{code:str}"
READ = system("rulebook:read")
WRITE = system("rulebook:write") | {"request_max_body_size": BULK_BODY_BYTES}
PUBLISH = system("rulebook:publish") | {"request_max_body_size": BULK_BODY_BYTES}
SWITCH = system("rulebook:switch")

Code = Annotated[str, PathParameter(max_length=64)]
At = Annotated[datetime | None, QueryParameter(description="an instant with its offset; now if left out")]
Against = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="a version; what is in force if left out")
]


def _by(edge: Edge) -> str:
    return f"key:{edge.system.key_id}"


@get(DOCUMENT, **READ)
async def read_rule_document(edge: NamedDependency[Edge], kind: Code, code: Code, at: At = None) -> RuleDocument:
    """The version of a rule document in force at an instant."""
    check_times(at, "at")
    return shown(await edge.query(lambda tx: service.in_force(tx, kind, code, at or tx.now)))


@get(f"{DOCUMENT}/versions", **READ)
async def list_rule_versions(edge: NamedDependency[Edge], kind: Code, code: Code) -> list[RuleVersion]:
    """Every version of a rule document, the newest first."""
    stands = await edge.query(lambda tx: service.standing(tx, kind, code))
    return [listed(one) for one in stands.versions]


@get(DOCUMENT + "/versions/{version:int}", **READ)
async def read_rule_version(
    edge: NamedDependency[Edge], kind: Code, code: Code, version: FromPath[int]
) -> RuleDocument:
    """One version of a rule document, in force or not."""
    return shown(await edge.query(lambda tx: service.version(tx, kind, code, version)))


@post(f"{DOCUMENT}/versions", **PUBLISH)
async def publish_rule_version(
    edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[NewVersion]
) -> Response[PublishedVersion]:
    """Publish a body, a draft or what a former version said as the next version (PRC-05).

    Refused where another was published since `base`. Versions before it stay as they are.
    """

    async def run(tx: Transaction) -> PublishedVersion:
        return published(await service.submit(tx, kind, code, data, _by(edge)))

    return await edge.command(run)


@post(DOCUMENT + "/versions/{version:int}/withdrawal", status_code=200, **PUBLISH)
async def withdraw_rule_version(
    edge: NamedDependency[Edge], kind: Code, code: Code, version: FromPath[int], data: JSONBody[Withdrawal]
) -> Response[RuleVersion]:
    """Take a version out of force, for past instants too; the one below it is in force again."""

    async def run(tx: Transaction) -> RuleVersion:
        return listed(await service.withdraw(tx, kind, code, version, by=_by(edge), note=data.note))

    return await edge.command(run)


@post(f"{DOCUMENT}/check", status_code=200, **WRITE)
async def check_rules(edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[CheckedBody]) -> Findings:
    """Say all that keeps a body from being published, and what may be a slip. Changes nothing."""
    return await edge.query(lambda tx: service.check(tx, kind, code, data.body))


@post(f"{DOCUMENT}/difference", status_code=200, **WRITE)
async def compare_rules(
    edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[CheckedBody], against: Against = None
) -> Difference:
    """Say what a body would change, field by field, of what is in force or of a version. Changes nothing."""
    return await edge.query(lambda tx: service.compare(tx, kind, code, data.body, against))


@get(f"{DOCUMENT}/drafts", **READ)
async def list_rule_drafts(edge: NamedDependency[Edge], kind: Code, code: Code) -> Sequence[DraftSummary]:
    """The open drafts of a rule document, the last changed first."""
    return await edge.query(lambda tx: service.drafts(tx, kind, code))


@post(f"{DOCUMENT}/drafts", **WRITE)
async def create_rule_draft(
    edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[NewDraft]
) -> Response[Draft]:
    """Keep a draft, whether or not it could be published."""
    return await edge.command(lambda tx: service.create_draft(tx, kind, code, data, _by(edge)))


@get(DOCUMENT + "/drafts/{draft_id:uuid}", **READ)
async def read_rule_draft(edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID]) -> Draft:
    """A draft, in whatever state."""
    return await edge.query(lambda tx: service.draft(tx, kind, code, draft_id))


@patch(DOCUMENT + "/drafts/{draft_id:uuid}", **WRITE)
async def replace_rule_draft(
    edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID], data: JSONBody[DraftChange]
) -> Response[Draft]:
    """Write a draft anew; refused where somebody else did since it was read."""
    return await edge.command(lambda tx: service.replace_draft(tx, kind, code, draft_id, data, _by(edge)))


@post(DOCUMENT + "/drafts/{draft_id:uuid}/discard", status_code=200, **WRITE)
async def discard_rule_draft(
    edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID]
) -> Response[Draft]:
    """Close a draft for good."""
    return await edge.command(lambda tx: service.discard_draft(tx, kind, code, draft_id, _by(edge)))


@get(DOCUMENT + "/drafts/{draft_id:uuid}/difference", **READ)
async def compare_rule_draft(
    edge: NamedDependency[Edge], kind: Code, code: Code, draft_id: FromPath[UUID], against: Against = None
) -> Difference:
    """What a draft would change, field by field, of what is in force or of a version."""
    return await edge.query(lambda tx: service.compare_draft(tx, kind, code, draft_id, against))


@get(f"{DOCUMENT}/switches", **READ)
async def list_rule_switches(edge: NamedDependency[Edge], kind: Code, code: Code) -> Switches:
    """Which rules of a document are switched off, and the turns of its switches (PRC-13)."""

    async def run(tx: Transaction) -> Switches:
        stands = await service.standing(tx, kind, code)
        return Switches(sorted(stands.off), await service.turns(tx, kind, code))

    return await edge.query(run)


@post(f"{DOCUMENT}/switches", **SWITCH)
async def switch_rule(
    edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[NewSwitch]
) -> Response[Switch]:
    """Switch one rule of a document off or on, at once and in every version (PRC-13)."""
    return await edge.command(lambda tx: service.switch(tx, kind, code, data, _by(edge)))


ROUTES = [
    read_rule_document,
    list_rule_versions,
    read_rule_version,
    publish_rule_version,
    withdraw_rule_version,
    check_rules,
    compare_rules,
    list_rule_drafts,
    create_rule_draft,
    read_rule_draft,
    replace_rule_draft,
    discard_rule_draft,
    compare_rule_draft,
    list_rule_switches,
    switch_rule,
]
