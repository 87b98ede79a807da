"""Say how much there is of what."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.kernel.errors import DomainError, InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.stock import rules
from huixiang.stock.model import ResourceFixed, ResourceRow, ResourceVersionReused, RowOutcome
from huixiang.stock.store import definitions


async def define(tx: Transaction, rows: Sequence[ResourceRow]) -> list[RowOutcome]:
    """Make slots, or change those that are there where the version is newer; what became of each, in their order.
    Resources of other kinds are refused (ResourceDerived): they come with the takings, each with its rule's definition.

    A capacity may be lowered below what is taken: nothing is left then until so much is freed.
    """
    outcomes: list[RowOutcome | None] = [_refused(row) for row in rows]
    sound = [place for place, outcome in enumerate(outcomes) if outcome is None]
    # In the order of ids, so that two never wait in a circle; of one resource the older version first.
    sound.sort(key=lambda place: (rows[place].resource_id, rows[place].version))
    answers = await definitions.define(tx, [rows[place] for place in sound])
    for place, answer in zip(sound, answers, strict=True):
        outcomes[place] = _outcome(rows[place], answer)
    return [outcome for outcome in outcomes if outcome is not None]


def _refused(row: ResourceRow) -> RowOutcome | None:
    try:
        rules.check_row(row)
    except DomainError as refusal:
        return RowOutcome(row.resource_id, refusal)
    return None


def _outcome(row: ResourceRow, answer: str) -> RowOutcome:
    match answer:
        case "created" | "updated" | "unchanged" | "stale":
            return RowOutcome(row.resource_id, answer)
        case "fixed":
            return RowOutcome(row.resource_id, ResourceFixed(kind=row.kind.value, key=row.key))
        case "reused":
            return RowOutcome(
                row.resource_id, ResourceVersionReused(kind=row.kind.value, key=row.key, version=row.version)
            )
    raise InvariantBroken(f"a definition became {answer}")
