from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_reconciliation_outcome import PaymentReconciliationOutcome

if TYPE_CHECKING:
    from ..models.payment_difference import PaymentDifference
    from ..models.payment_reconciliation_found import PaymentReconciliationFound
    from ..models.payment_sums import PaymentSums


T = TypeVar("T", bound="PaymentReconciliation")


@_attrs_define
class PaymentReconciliation:
    """A business day's payments held against each other, as both stand now. told_at: when the shop last sent the
        day's statement; changed_at: when it last said something new; null: not yet. due_at: by when it is to be there.

        outcome: `missing` where there is anything of ours and no statement; else `differs` or `agrees`. agreed:
    payments of
        the statement that are as they are here. ours: what was confirmed here as paid that day; theirs: what the
    statement
        has. found: how many differences of each kind; the first 500 are in `differences`.

        Attributes:
            day (datetime.date):
            told_at (None | str):
            changed_at (None | str):
            due_at (str):
            outcome (PaymentReconciliationOutcome):
            agreed (int):
            ours (PaymentSums): Of a day: how many, and over how much.
            theirs (PaymentSums): Of a day: how many, and over how much.
            found (PaymentReconciliationFound):
            differences (list[PaymentDifference]):
    """

    day: datetime.date
    told_at: None | str
    changed_at: None | str
    due_at: str
    outcome: PaymentReconciliationOutcome
    agreed: int
    ours: PaymentSums
    theirs: PaymentSums
    found: PaymentReconciliationFound
    differences: list[PaymentDifference]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        told_at: None | str
        told_at = self.told_at

        changed_at: None | str
        changed_at = self.changed_at

        due_at = self.due_at

        outcome = self.outcome.value

        agreed = self.agreed

        ours = self.ours.to_dict()

        theirs = self.theirs.to_dict()

        found = self.found.to_dict()

        differences = []
        for differences_item_data in self.differences:
            differences_item = differences_item_data.to_dict()
            differences.append(differences_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "told_at": told_at,
                "changed_at": changed_at,
                "due_at": due_at,
                "outcome": outcome,
                "agreed": agreed,
                "ours": ours,
                "theirs": theirs,
                "found": found,
                "differences": differences,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.payment_difference import PaymentDifference
        from ..models.payment_reconciliation_found import PaymentReconciliationFound
        from ..models.payment_sums import PaymentSums

        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        def _parse_told_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        told_at = _parse_told_at(d.pop("told_at"))

        def _parse_changed_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        changed_at = _parse_changed_at(d.pop("changed_at"))

        due_at = d.pop("due_at")

        outcome = PaymentReconciliationOutcome(d.pop("outcome"))

        agreed = d.pop("agreed")

        ours = PaymentSums.from_dict(d.pop("ours"))

        theirs = PaymentSums.from_dict(d.pop("theirs"))

        found = PaymentReconciliationFound.from_dict(d.pop("found"))

        differences = []
        _differences = d.pop("differences")
        for differences_item_data in _differences:
            differences_item = PaymentDifference.from_dict(differences_item_data)

            differences.append(differences_item)

        payment_reconciliation = cls(
            day=day,
            told_at=told_at,
            changed_at=changed_at,
            due_at=due_at,
            outcome=outcome,
            agreed=agreed,
            ours=ours,
            theirs=theirs,
            found=found,
            differences=differences,
        )

        payment_reconciliation.additional_properties = d
        return payment_reconciliation

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
