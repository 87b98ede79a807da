"""Reports for finance over HTTP, for staff and for the systems of the books (PTS-16, PTS-17)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.sheet import CSV_MEDIA_TYPE, to_csv
from huixiang.platform.access import staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.points import service
from huixiang.points.model.finance import Detail, Group, Liability, RollForward, TrialBalance
from huixiang.points.rules.sheets import Sheet, liability_sheet, roll_sheet, trial_sheet
from huixiang.points.service import finance

BookCode = Annotated[str, QueryParameter(description="points, growth or a book of one's own", max_length=32)]
Day = Annotated[date | None, QueryParameter(description="as of the end of this business day")]
Instant = Annotated[datetime | None, QueryParameter(description="as of just before this instant")]
First = Annotated[date, QueryParameter(name="from", description="the first business day")]
Last = Annotated[date, QueryParameter(name="to", description="the last business day")]
By = Annotated[Literal["day", "month"], QueryParameter(description="a line for each day, or for each whole month")]
GroupBy = Annotated[Group, QueryParameter(description="one account of all, or one for each cause or budget")]
DetailOf = Annotated[Detail, QueryParameter(description="a line for each account, for each cause or budget of it")]
ValuePoints = Annotated[
    int | None, QueryParameter(ge=1, le=10**9, description="so many points are worth value_fen; default: as spent")
]
ValueFen = Annotated[int | None, QueryParameter(ge=0, le=10**9, description="what value_points points are worth")]


async def trial_balance(
    edge: NamedDependency[Edge],
    book: BookCode = "points",
    day: Day = None,
    at: Instant = None,
    detail: DetailOf = Detail.BUDGET,
) -> TrialBalance:
    """What is asked of each of its routes, and read."""

    async def run(tx: Transaction) -> TrialBalance:
        return await finance.trial_balance(tx, await service.find_book(tx, book), day=day, at=at, detail=detail)

    if day is not None and at is not None:
        raise InvalidInput(path="at", problem="is given beside day")
    return await edge.query(run)


async def roll_forward(
    edge: NamedDependency[Edge],
    first: First,
    last: Last,
    book: BookCode = "points",
    by: By = "month",
    group: GroupBy = Group.NONE,
) -> RollForward:
    """What is asked of each of its routes, and read."""

    async def run(tx: Transaction) -> RollForward:
        return await finance.roll_forward(tx, await service.find_book(tx, book), first, last, by, group)

    return await edge.query(run)


async def liability(
    edge: NamedDependency[Edge],
    book: BookCode = "points",
    day: Day = None,
    value_points: ValuePoints = None,
    value_fen: ValueFen = None,
) -> Liability:
    """What is asked of each of its routes, and read."""
    if (value_points is None) != (value_fen is None):
        raise InvalidInput(path="value_fen", problem="value_points and value_fen go together")
    value = None if value_points is None or value_fen is None else (value_points, value_fen)

    async def run(tx: Transaction) -> Liability:
        return await finance.liability_of(tx, await service.find_book(tx, book), day, value)

    return await edge.query(run)


TRIAL_BALANCE = {"report": Provide(trial_balance)}
ROLL_FORWARD = {"report": Provide(roll_forward)}
LIABILITY = {"report": Provide(liability)}

TRIAL_BALANCE_CSV = "side,account,cause,budget,points\r\ncredit,members,,,1280\r\ntotal,,,,1280\r\n"
ROLL_FORWARD_CSV = "period,group,opening,issued,redeemed,expired\r\n2026-03,,0,1280,0,0\r\n"
LIABILITY_CSV = "figure,which,points,fen\r\noutstanding,2026-03-18,1280,1280\r\n"


def _sheet_of(example: str) -> dict[str, Any]:
    """The mark of a route that answers a sheet as CSV."""
    mark = staff("finance:read")
    mark["opt"]["streamed"] = {"text/csv": example}
    return mark


def _csv(sheet: Sheet, name: str) -> Response[str]:
    return Response(
        to_csv(*sheet),
        media_type=CSV_MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


@get("/api/console/v1/finance/trial-balance", dependencies=TRIAL_BALANCE, **staff("finance:read"))
async def read_trial_balance(report: NamedDependency[TrialBalance]) -> TrialBalance:
    """What stands on every account of the double entry, as of a day, an instant, or now."""
    return report


@get("/api/console/v1/finance/trial-balance.csv", dependencies=TRIAL_BALANCE, **_sheet_of(TRIAL_BALANCE_CSV))
async def export_trial_balance(report: NamedDependency[TrialBalance]) -> Response[str]:
    """The trial balance as CSV."""
    return _csv(trial_sheet(report), "trial-balance")


@get("/api/console/v1/finance/roll-forward", dependencies=ROLL_FORWARD, **staff("finance:read"))
async def read_roll_forward(report: NamedDependency[RollForward]) -> RollForward:
    """How the book came from one balance to the next, by day or month of recording."""
    return report


@get("/api/console/v1/finance/roll-forward.csv", dependencies=ROLL_FORWARD, **_sheet_of(ROLL_FORWARD_CSV))
async def export_roll_forward(report: NamedDependency[RollForward]) -> Response[str]:
    """The roll-forward as CSV."""
    return _csv(roll_sheet(report), "roll-forward")


@get("/api/console/v1/finance/liability", dependencies=LIABILITY, **staff("finance:read"))
async def read_liability(report: NamedDependency[Liability]) -> Liability:
    """What is outstanding at the end of a closed day, by age and expiry, and how much of it is expected to expire."""
    return report


@get("/api/console/v1/finance/liability.csv", dependencies=LIABILITY, **_sheet_of(LIABILITY_CSV))
async def export_liability(report: NamedDependency[Liability]) -> Response[str]:
    """The liability as CSV."""
    return _csv(liability_sheet(report), "liability")


@get("/api/v1/finance/trial-balance", dependencies=TRIAL_BALANCE, **system("finance:read"))
async def fetch_trial_balance(report: NamedDependency[TrialBalance]) -> TrialBalance:
    """What stands on every account of the double entry, for the general ledger."""
    return report


@get("/api/v1/finance/roll-forward", dependencies=ROLL_FORWARD, **system("finance:read"))
async def fetch_roll_forward(report: NamedDependency[RollForward]) -> RollForward:
    """How the book came from one balance to the next, for the general ledger."""
    return report


@get("/api/v1/finance/liability", dependencies=LIABILITY, **system("finance:read"))
async def fetch_liability(report: NamedDependency[Liability]) -> Liability:
    """What is outstanding at the end of a closed day, for the general ledger."""
    return report


ROUTES = [
    read_trial_balance,
    export_trial_balance,
    read_roll_forward,
    export_roll_forward,
    read_liability,
    export_liability,
    fetch_trial_balance,
    fetch_roll_forward,
    fetch_liability,
]
