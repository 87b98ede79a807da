"""What a source of data must provide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from huixiang.catalogue.model import CategoryRow, SkuRow, StoreRow
from huixiang.checkout.model import NewOrder
from huixiang.intake.model import SourceFigures
from huixiang.members.model import NewMember


class Source(Protocol):
    """Data of another system, in the shapes of the modules they go to. Owners are numbered from 0; the same source
    gives the same rows in the same order every time, so that a run can go on where it stopped."""

    @property
    def name(self) -> str:
        """What ids of this source stand under."""
        ...

    @property
    def codes(self) -> str:
        """What the codes of its stores and skus begin with."""
        ...

    @property
    def last_day(self) -> date:
        """The last day of the data, on the source's own wall clock."""
        ...

    @property
    def orders_of_owner(self) -> Sequence[int]: ...

    def place_in_time(self, shift_weeks: int, zone: str) -> None:
        """Settle what the source's wall clock means. Comes before members and orders are asked for."""
        ...

    def figures(self) -> SourceFigures: ...

    def stores(self) -> Sequence[StoreRow]: ...

    def categories(self) -> Sequence[CategoryRow]: ...

    def skus(self) -> Sequence[SkuRow]: ...

    def members(self, owners: range) -> Sequence[NewMember]: ...

    def orders(self, owners: range) -> Sequence[NewOrder]:
        """Orders by owner, and by time for each."""
        ...
