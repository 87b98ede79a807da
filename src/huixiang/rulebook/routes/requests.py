"""People and systems ask for versions; a person approves them."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from huixiang.platform.edge import Edge
from huixiang.rulebook import service
from huixiang.rulebook.model import NewVersion, Withdrawal
from huixiang.rulebook.routes.doors import Code, Door
from huixiang.staff.model.approvals import Approval

ACCEPTED = 202


def requesting(door: Door) -> list[HTTPRouteHandler]:
    """What makes and unmakes versions once a second person has approved it."""

    @post(f"{door.document}/versions", status_code=ACCEPTED, **door.mark("rulebook:publish", "publish_rule_version"))
    async def publish_rule_version(
        edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[NewVersion]
    ) -> Response[Approval]:
        """Ask for the publication of a body, a draft or what a former version said (PRC-05, CON-02).

        It waits for a person (another one) with `rulebook:approve`, who sees what it changes of what is in force and
        what may be a slip. Refused, then too, where another version was published since `base`.
        """
        by = door.asks(edge)
        return await edge.command(lambda tx: service.request_publication(tx, kind, code, data, by))

    @post(
        door.document + "/versions/{version:int}/withdrawal",
        status_code=ACCEPTED,
        **door.mark("rulebook:publish", "withdraw_rule_version"),
    )
    async def withdraw_rule_version(
        edge: NamedDependency[Edge], kind: Code, code: Code, version: FromPath[int], data: JSONBody[Withdrawal]
    ) -> Response[Approval]:
        """Ask for a version to be taken out of force; it waits for a person (another one) with `rulebook:approve`
        (CON-02). What cannot wait is switched off."""
        by = door.asks(edge)
        return await edge.command(lambda tx: service.request_withdrawal(tx, kind, code, version, data.note, by))

    return [publish_rule_version, withdraw_rule_version]
