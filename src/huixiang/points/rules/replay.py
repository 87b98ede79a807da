"""An account and its lots from its postings alone: a fold that knows nothing of what the tables say."""

from __future__ import annotations

from uuid import UUID

from huixiang.points.model import CHAIN_START, NEVER, NOT_PENDING, AccountState, HoldState, JournalRow, LotState
from huixiang.points.rules.canonical import days

_HOLD_KEY = len("hold:")


class Unreplayable(Exception):
    """A posting that speaks of what the postings before it did not make. Says what."""


class Replay:
    """What the postings of one account, fed in order, leave behind."""

    __slots__ = ("debt", "head", "held", "holds", "last_lot", "lots", "net", "pending", "recorded_at", "seq")

    def __init__(self) -> None:
        self.seq = self.net = self.held = self.pending = self.debt = self.last_lot = self.recorded_at = 0
        self.head = CHAIN_START
        self.lots: dict[int, LotState] = {}
        self.holds: dict[UUID, HoldState] = {}

    def feed(self, row: JournalRow) -> None:
        """Raises Unreplayable."""
        self.seq = row.seq
        self.head = row.hash
        self.recorded_at = row.recorded_at
        self.net += row.points
        self.held += row.held_delta
        self.pending += row.pending_delta
        self.debt += row.debt_delta
        if row.alloc:
            self._change_lots(row, row.alloc)
        if row.opened:
            self._open_lots(row, row.opened)
        if row.held_delta:
            self._hold_or_end(row)

    @property
    def has_open_lots(self) -> bool:
        return any(lot.remaining for lot in self.lots.values())

    @property
    def account(self) -> AccountState:
        """The row that the account should have, with its mark at the first lot that has something remaining."""
        open_lots = [(lot.expires_on, lot.lot_no) for lot in self.lots.values() if lot.remaining]
        open_from, open_lot = min(open_lots, default=(days(NEVER), self.last_lot))
        return AccountState(
            self.net + self.debt, self.held, self.pending, self.debt, self.seq, self.last_lot, self.recorded_at,
            open_from, open_lot, self.head,
        )  # fmt: skip

    def _open_lots(self, row: JournalRow, opened: tuple[int, ...]) -> None:
        for at in range(0, len(opened), 5):
            lot_no, points, expires_on, matures_at, origin = opened[at : at + 5]
            self.lots[lot_no] = LotState(lot_no, expires_on, points, points, 0, 0, matures_at, row.seq, origin)
            self.last_lot = max(self.last_lot, lot_no)

    def _change_lots(self, row: JournalRow, alloc: tuple[int, ...]) -> None:
        kind = row.kind
        for at in range(0, len(alloc), 3):
            lot_no, remaining, held = alloc[at : at + 3]
            lot = self.lots.get(lot_no)
            if lot is None:
                raise Unreplayable(f"lot {lot_no} was not opened before")
            lot.remaining += remaining
            lot.held += held
            if kind == b"expire":
                lot.lapsed -= remaining
            if kind == b"mature" or not lot.remaining:
                lot.matures_at = NOT_PENDING

    def _hold_or_end(self, row: JournalRow) -> None:
        key = row.key if row.held_delta > 0 else row.origin_key
        try:
            hold_id = UUID(key[_HOLD_KEY:].decode())
            if row.held_delta > 0:
                alloc = row.alloc or ()
                pinned = [number for at in range(0, len(alloc), 3) for number in (alloc[at], alloc[at + 2])]
                self.holds[hold_id] = HoldState(row.held_delta, tuple(pinned), row.order_ref)
            else:
                del self.holds[hold_id]
        except (KeyError, ValueError):
            raise Unreplayable(f"there is no hold {key.decode(errors='replace')}") from None
