from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.age_bucket import AgeBucket
    from ..models.back_test import BackTest
    from ..models.basis import Basis
    from ..models.breakage import Breakage
    from ..models.cohort import Cohort
    from ..models.expiry_bucket import ExpiryBucket
    from ..models.tie import Tie


T = TypeVar("T", bound="Liability")


@_attrs_define
class Liability:
    """What a book owes its members at the end of a closed business day.

        outstanding = balances, of which held and pending are parts; debts are apart. value_points, value_fen: so many
        points are reckoned at so much; value_version: of the terms of spending that say it, null where the question
    did.
        gross_fen: all that is outstanding. breakage: null where the data are too few, and `why` says which; net_fen is
    then
        null too, else it is what is left, for the expectation and for the ends of the interval. ties: the journal's
        balances against what was followed from lot to lot.

        Attributes:
            book (str):
            as_of (datetime.date):
            outstanding (int):
            held (int):
            pending (int):
            debts (int):
            value_points (int):
            value_fen (int):
            value_version (int | None):
            gross_fen (int):
            breakage (Breakage | None):
            why (None | str):
            net_fen (int | None):
            net_low_fen (int | None):
            net_high_fen (int | None):
            by_age (list[AgeBucket]):
            by_expiry (list[ExpiryBucket]):
            cohorts (list[Cohort]):
            basis (Basis): What an estimate stands on: whole months of data, months of earning in them, and rates by age.
            back_tests (list[BackTest]):
            ties (list[Tie]):
    """

    book: str
    as_of: datetime.date
    outstanding: int
    held: int
    pending: int
    debts: int
    value_points: int
    value_fen: int
    value_version: int | None
    gross_fen: int
    breakage: Breakage | None
    why: None | str
    net_fen: int | None
    net_low_fen: int | None
    net_high_fen: int | None
    by_age: list[AgeBucket]
    by_expiry: list[ExpiryBucket]
    cohorts: list[Cohort]
    basis: Basis
    back_tests: list[BackTest]
    ties: list[Tie]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.breakage import Breakage

        book = self.book

        as_of = self.as_of.isoformat()

        outstanding = self.outstanding

        held = self.held

        pending = self.pending

        debts = self.debts

        value_points = self.value_points

        value_fen = self.value_fen

        value_version: int | None
        value_version = self.value_version

        gross_fen = self.gross_fen

        breakage: dict[str, Any] | None
        if isinstance(self.breakage, Breakage):
            breakage = self.breakage.to_dict()
        else:
            breakage = self.breakage

        why: None | str
        why = self.why

        net_fen: int | None
        net_fen = self.net_fen

        net_low_fen: int | None
        net_low_fen = self.net_low_fen

        net_high_fen: int | None
        net_high_fen = self.net_high_fen

        by_age = []
        for by_age_item_data in self.by_age:
            by_age_item = by_age_item_data.to_dict()
            by_age.append(by_age_item)

        by_expiry = []
        for by_expiry_item_data in self.by_expiry:
            by_expiry_item = by_expiry_item_data.to_dict()
            by_expiry.append(by_expiry_item)

        cohorts = []
        for cohorts_item_data in self.cohorts:
            cohorts_item = cohorts_item_data.to_dict()
            cohorts.append(cohorts_item)

        basis = self.basis.to_dict()

        back_tests = []
        for back_tests_item_data in self.back_tests:
            back_tests_item = back_tests_item_data.to_dict()
            back_tests.append(back_tests_item)

        ties = []
        for ties_item_data in self.ties:
            ties_item = ties_item_data.to_dict()
            ties.append(ties_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "book": book,
                "as_of": as_of,
                "outstanding": outstanding,
                "held": held,
                "pending": pending,
                "debts": debts,
                "value_points": value_points,
                "value_fen": value_fen,
                "value_version": value_version,
                "gross_fen": gross_fen,
                "breakage": breakage,
                "why": why,
                "net_fen": net_fen,
                "net_low_fen": net_low_fen,
                "net_high_fen": net_high_fen,
                "by_age": by_age,
                "by_expiry": by_expiry,
                "cohorts": cohorts,
                "basis": basis,
                "back_tests": back_tests,
                "ties": ties,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.age_bucket import AgeBucket
        from ..models.back_test import BackTest
        from ..models.basis import Basis
        from ..models.breakage import Breakage
        from ..models.cohort import Cohort
        from ..models.expiry_bucket import ExpiryBucket
        from ..models.tie import Tie

        d = dict(src_dict)
        book = d.pop("book")

        as_of = datetime.date.fromisoformat(d.pop("as_of"))

        outstanding = d.pop("outstanding")

        held = d.pop("held")

        pending = d.pop("pending")

        debts = d.pop("debts")

        value_points = d.pop("value_points")

        value_fen = d.pop("value_fen")

        def _parse_value_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        value_version = _parse_value_version(d.pop("value_version"))

        gross_fen = d.pop("gross_fen")

        def _parse_breakage(data: object) -> Breakage | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                breakage_type_0 = Breakage.from_dict(data)

                return breakage_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Breakage | None, data)

        breakage = _parse_breakage(d.pop("breakage"))

        def _parse_why(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        why = _parse_why(d.pop("why"))

        def _parse_net_fen(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        net_fen = _parse_net_fen(d.pop("net_fen"))

        def _parse_net_low_fen(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        net_low_fen = _parse_net_low_fen(d.pop("net_low_fen"))

        def _parse_net_high_fen(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        net_high_fen = _parse_net_high_fen(d.pop("net_high_fen"))

        by_age = []
        _by_age = d.pop("by_age")
        for by_age_item_data in _by_age:
            by_age_item = AgeBucket.from_dict(by_age_item_data)

            by_age.append(by_age_item)

        by_expiry = []
        _by_expiry = d.pop("by_expiry")
        for by_expiry_item_data in _by_expiry:
            by_expiry_item = ExpiryBucket.from_dict(by_expiry_item_data)

            by_expiry.append(by_expiry_item)

        cohorts = []
        _cohorts = d.pop("cohorts")
        for cohorts_item_data in _cohorts:
            cohorts_item = Cohort.from_dict(cohorts_item_data)

            cohorts.append(cohorts_item)

        basis = Basis.from_dict(d.pop("basis"))

        back_tests = []
        _back_tests = d.pop("back_tests")
        for back_tests_item_data in _back_tests:
            back_tests_item = BackTest.from_dict(back_tests_item_data)

            back_tests.append(back_tests_item)

        ties = []
        _ties = d.pop("ties")
        for ties_item_data in _ties:
            ties_item = Tie.from_dict(ties_item_data)

            ties.append(ties_item)

        liability = cls(
            book=book,
            as_of=as_of,
            outstanding=outstanding,
            held=held,
            pending=pending,
            debts=debts,
            value_points=value_points,
            value_fen=value_fen,
            value_version=value_version,
            gross_fen=gross_fen,
            breakage=breakage,
            why=why,
            net_fen=net_fen,
            net_low_fen=net_low_fen,
            net_high_fen=net_high_fen,
            by_age=by_age,
            by_expiry=by_expiry,
            cohorts=cohorts,
            basis=basis,
            back_tests=back_tests,
            ties=ties,
        )

        liability.additional_properties = d
        return liability

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
