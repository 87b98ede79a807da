"""Switches: single rules of a document off and on."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.rulebook import service
from huixiang.rulebook.model import NewSwitch, Switch
from huixiang.rulebook.routes.doors import Code, Door
from huixiang.rulebook.schemas import Switches


def switching(door: Door) -> list[HTTPRouteHandler]:

    @get(f"{door.document}/switches", **door.mark("rulebook:read", "list_rule_switches"))
    async def list_rule_switches(edge: NamedDependency[Edge], kind: Code, code: Code) -> Switches:
        """Which rules of a document are switched off, and the turns of its switches (PRC-13)."""

        async def run(tx: Transaction) -> Switches:
            stands = await service.standing(tx, kind, code)
            return Switches(sorted(stands.off), await service.turns(tx, kind, code))

        return await edge.query(run)

    @post(f"{door.document}/switches", **door.mark("rulebook:switch", "switch_rule"))
    async def switch_rule(
        edge: NamedDependency[Edge], kind: Code, code: Code, data: JSONBody[NewSwitch]
    ) -> Response[Switch]:
        """Switch one rule of a document off or on, at once and in every version (PRC-13)."""
        return await edge.command(lambda tx: service.switch(tx, kind, code, data, door.by(edge)))

    return [list_rule_switches, switch_rule]
