"""Versions of rule documents: what is in force, published, taken out of force."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.platform.web.times import check_times
from huixiang.rulebook import service
from huixiang.rulebook.model import Difference, Findings, NewVersion, Withdrawal
from huixiang.rulebook.routes.doors import Against, Code, Door
from huixiang.rulebook.schemas import CheckedBody, PublishedVersion, RuleDocument, RuleVersion, listed, published, shown

At = Annotated[datetime | None, QueryParameter(description="an instant with its offset; now if left out")]


def reading(door: Door) -> list[HTTPRouteHandler]:
    """What versions say."""

    @get(door.document, **door.mark("rulebook:read", "read_rule_document"))
    async def read_rule_document(edge: NamedDependency[Edge], kind: Code, code: Code, at: At = None) -> RuleDocument:
        """The version of a rule document in force at an instant."""
        check_times(at, "at")
        return shown(await edge.query(lambda tx: service.in_force(tx, kind, code, at or tx.now)))

    @get(f"{door.document}/versions", **door.mark("rulebook:read", "list_rule_versions"))
    async def list_rule_versions(
        edge: NamedDependency[Edge], kind: Code, code: Code, cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
    ) -> Page[RuleVersion]:
        """The versions of a rule document, the newest first."""
        found = await edge.query(lambda tx: service.versions_of(tx, kind, code, cursor, limit))
        return Page([listed(one) for one in found.items], found.next_cursor)

    @get(door.document + "/versions/{version:int}", **door.mark("rulebook:read", "read_rule_version"))
    async def read_rule_version(
        edge: NamedDependency[Edge], kind: Code, code: Code, version: FromPath[int]
    ) -> RuleDocument:
        """One version of a rule document, in force or not."""
        return shown(await edge.query(lambda tx: service.version(tx, kind, code, version)))

    return [read_rule_document, list_rule_versions, read_rule_version]


def publishing(door: Door) -> list[HTTPRouteHandler]:
    """What makes and unmakes versions at once, for systems that were trusted with it."""

    @post(f"{door.document}/versions/alone", **door.mark("rulebook:publish_alone", "publish_rule_version_alone"))
    async def publish_rule_version_alone(
        edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[NewVersion]
    ) -> Response[PublishedVersion]:
        """Publish a body, a draft or what a former version said as the next version, and wait for nobody (PRC-05).

        For systems behind which two people stand already. Refused where another was published since `base`. Versions
        before it stay as they are.
        """

        async def run(tx: Transaction) -> PublishedVersion:
            return published(await service.submit(tx, kind, code, data, door.by(edge)))

        return await edge.command(run)

    @post(
        door.document + "/versions/{version:int}/withdrawal/alone",
        status_code=200,
        **door.mark("rulebook:publish_alone", "withdraw_rule_version_alone"),
    )
    async def withdraw_rule_version_alone(
        edge: NamedDependency[Edge], kind: Code, code: Code, version: FromPath[int], data: JSONBody[Withdrawal]
    ) -> Response[RuleVersion]:
        """Take a version out of force, for past instants too, and wait for nobody; the one below it is in force
        again."""

        async def run(tx: Transaction) -> RuleVersion:
            return listed(await service.withdraw(tx, kind, code, version, by=door.by(edge), note=data.note))

        return await edge.command(run)

    return [publish_rule_version_alone, withdraw_rule_version_alone]


def trying(door: Door) -> list[HTTPRouteHandler]:
    """What a version would be and change."""

    @post(f"{door.document}/check", status_code=200, **door.mark("rulebook:write", "check_rules"))
    async def check_rules(edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[CheckedBody]) -> Findings:
        """Say all that keeps a body from being published, and what may be a slip. Changes nothing."""
        return await edge.query(lambda tx: service.check(tx, kind, code, data.body))

    @post(f"{door.document}/difference", status_code=200, **door.mark("rulebook:write", "compare_rules"))
    async def compare_rules(
        edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[CheckedBody], against: Against = None
    ) -> Difference:
        """Say what a body would change, field by field, of what is in force or of a version. Changes nothing."""
        return await edge.query(lambda tx: service.compare(tx, kind, code, data.body, against))

    return [check_rules, compare_rules]
