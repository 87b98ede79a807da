"""An account and its lots from its postings alone: a fold that knows nothing of what the tables say."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.epoch import days, microseconds
from huixiang.points.model import (
    BEGINNING,
    CHAIN_START,
    NEVER,
    NOT_PENDING,
    SERVER_EPOCH_US,
    AccountState,
    HoldState,
    JournalRow,
    LotState,
)

# How the texts of these kinds begin.
EXPIRE = b"\0\0\0\6expire"
MATURE = b"\0\0\0\6mature"
_HOLD_KEY = len("hold:")


class Unreplayable(Exception):
    """A posting that speaks of what the postings before it did not make. Says what."""


def _check(row: JournalRow) -> None:
    """What a posting says of points, debt and holds is what it did to lots."""
    if row.changed % 3 or (len(row.numbers) - row.changed) % 5:
        raise Unreplayable("its lists have odd lengths")
    moved = sum(row.numbers[1 : row.changed : 3]) + sum(row.numbers[row.changed + 1 :: 5])
    if moved != row.points + row.debt_delta or sum(row.numbers[2 : row.changed : 3]) != row.held_delta:
        raise Unreplayable("what it did to lots is not what it says")
    if abs(row.points) + row.lapsed > abs(row.requested):
        raise Unreplayable("it is over more than was asked")


class Replay:
    """What the postings of one account, fed in order, leave behind."""

    __slots__ = ("_recorded_at", "debt", "head", "held", "holds", "last_lot", "lots", "net", "pending", "seq")

    def __init__(self) -> None:
        self.seq = self.net = self.held = self.pending = self.debt = self.last_lot = 0
        self._recorded_at = microseconds(BEGINNING) - SERVER_EPOCH_US
        self.head = CHAIN_START
        self.lots: dict[int, LotState] = {}
        self.holds: dict[UUID, HoldState] = {}

    def feed(self, row: JournalRow) -> None:
        """Raises Unreplayable."""
        if row.recorded_at < self._recorded_at:
            raise Unreplayable("it was recorded before the posting that it follows")
        self.seq = row.seq
        self.head = row.hash
        self._recorded_at = row.recorded_at
        self.net += row.points
        self.held += row.held_delta
        self.pending += row.pending_delta
        self.debt += row.debt_delta
        if row.numbers:
            _check(row)
        if row.changed:
            self._change_lots(row)
        if len(row.numbers) > row.changed:
            self._open_lots(row)
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
            self.net + self.debt, self.held, self.pending, self.debt, self.seq, self.last_lot,
            self._recorded_at + SERVER_EPOCH_US,
            open_from, open_lot, self.head,
        )  # fmt: skip

    def _open_lots(self, row: JournalRow) -> None:
        opened = iter(row.numbers[row.changed :])
        for lot_no, points, expires_on, matures_at, origin in zip(opened, opened, opened, opened, opened, strict=True):
            self.lots[lot_no] = LotState(lot_no, expires_on, points, points, 0, 0, matures_at, row.seq, origin)
            self.last_lot = max(self.last_lot, lot_no)

    def _change_lots(self, row: JournalRow) -> None:
        expires, matures = row.texts.startswith(EXPIRE), row.texts.startswith(MATURE)
        changes = iter(row.numbers[: row.changed])
        for lot_no, remaining, held in zip(changes, changes, changes, strict=True):
            lot = self.lots.get(lot_no)
            if lot is None:
                raise Unreplayable(f"lot {lot_no} was not opened before")
            lot.remaining += remaining
            lot.held += held
            if expires:
                lot.lapsed -= remaining
            if matures or not lot.remaining:
                lot.matures_at = NOT_PENDING

    def _hold_or_end(self, row: JournalRow) -> None:
        key = row.key if row.held_delta > 0 else row.origin_key
        try:
            hold_id = UUID(key[_HOLD_KEY:].decode())
            if row.held_delta > 0:
                pinned = [number for at in range(0, row.changed, 3) for number in row.numbers[at : at + 3 : 2]]
                self.holds[hold_id] = HoldState(row.held_delta, tuple(pinned), row.order_ref)
            else:
                del self.holds[hold_id]
        except (KeyError, ValueError):
            raise Unreplayable(f"there is no hold {key.decode(errors='replace')}") from None
