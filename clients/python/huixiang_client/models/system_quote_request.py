from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.system_quote_request_explain import SystemQuoteRequestExplain
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef
    from ..models.pricing_delivery import PricingDelivery
    from ..models.quote_line import QuoteLine
    from ..models.system_quote_request_experiments import SystemQuoteRequestExperiments


T = TypeVar("T", bound="SystemQuoteRequest")


@_attrs_define
class SystemQuoteRequest:
    """For a member, or without one for a guest.

    Attributes:
        channel (str):
        lines (list[QuoteLine]):
        store (None | str | Unset):
        city (None | str | Unset):
        delivery (None | PricingDelivery | Unset):
        packaging_fen (int | Unset): Money in fen (0.01 yuan), not negative. Default: 0.
        codes (list[str] | Unset):
        left_out (list[str] | Unset):
        payment_method (None | str | Unset):
        payment_methods (list[str] | Unset):
        points (int | Unset): Points, not negative. Default: 0.
        experiments (SystemQuoteRequestExperiments | Unset):
        programme (str | Unset):  Default: 'default'.
        explain (SystemQuoteRequestExplain | Unset):  Default: SystemQuoteRequestExplain.BRIEF.
        hints (bool | Unset):  Default: False.
        standing (bool | Unset):  Default: False.
        member (MemberRef | None | Unset):
    """

    channel: str
    lines: list[QuoteLine]
    store: None | str | Unset = UNSET
    city: None | str | Unset = UNSET
    delivery: None | PricingDelivery | Unset = UNSET
    packaging_fen: int | Unset = 0
    codes: list[str] | Unset = UNSET
    left_out: list[str] | Unset = UNSET
    payment_method: None | str | Unset = UNSET
    payment_methods: list[str] | Unset = UNSET
    points: int | Unset = 0
    experiments: SystemQuoteRequestExperiments | Unset = UNSET
    programme: str | Unset = "default"
    explain: SystemQuoteRequestExplain | Unset = SystemQuoteRequestExplain.BRIEF
    hints: bool | Unset = False
    standing: bool | Unset = False
    member: MemberRef | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.member_ref import MemberRef
        from ..models.pricing_delivery import PricingDelivery

        channel = self.channel

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        store: None | str | Unset
        if isinstance(self.store, Unset):
            store = UNSET
        else:
            store = self.store

        city: None | str | Unset
        if isinstance(self.city, Unset):
            city = UNSET
        else:
            city = self.city

        delivery: dict[str, Any] | None | Unset
        if isinstance(self.delivery, Unset):
            delivery = UNSET
        elif isinstance(self.delivery, PricingDelivery):
            delivery = self.delivery.to_dict()
        else:
            delivery = self.delivery

        packaging_fen = self.packaging_fen

        codes: list[str] | Unset = UNSET
        if not isinstance(self.codes, Unset):
            codes = self.codes

        left_out: list[str] | Unset = UNSET
        if not isinstance(self.left_out, Unset):
            left_out = self.left_out

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        else:
            payment_method = self.payment_method

        payment_methods: list[str] | Unset = UNSET
        if not isinstance(self.payment_methods, Unset):
            payment_methods = self.payment_methods

        points = self.points

        experiments: dict[str, Any] | Unset = UNSET
        if not isinstance(self.experiments, Unset):
            experiments = self.experiments.to_dict()

        programme = self.programme

        explain: str | Unset = UNSET
        if not isinstance(self.explain, Unset):
            explain = self.explain.value

        hints = self.hints

        standing = self.standing

        member: dict[str, Any] | None | Unset
        if isinstance(self.member, Unset):
            member = UNSET
        elif isinstance(self.member, MemberRef):
            member = self.member.to_dict()
        else:
            member = self.member

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
                "lines": lines,
            }
        )
        if store is not UNSET:
            field_dict["store"] = store
        if city is not UNSET:
            field_dict["city"] = city
        if delivery is not UNSET:
            field_dict["delivery"] = delivery
        if packaging_fen is not UNSET:
            field_dict["packaging_fen"] = packaging_fen
        if codes is not UNSET:
            field_dict["codes"] = codes
        if left_out is not UNSET:
            field_dict["left_out"] = left_out
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if payment_methods is not UNSET:
            field_dict["payment_methods"] = payment_methods
        if points is not UNSET:
            field_dict["points"] = points
        if experiments is not UNSET:
            field_dict["experiments"] = experiments
        if programme is not UNSET:
            field_dict["programme"] = programme
        if explain is not UNSET:
            field_dict["explain"] = explain
        if hints is not UNSET:
            field_dict["hints"] = hints
        if standing is not UNSET:
            field_dict["standing"] = standing
        if member is not UNSET:
            field_dict["member"] = member

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef
        from ..models.pricing_delivery import PricingDelivery
        from ..models.quote_line import QuoteLine
        from ..models.system_quote_request_experiments import (
            SystemQuoteRequestExperiments,
        )

        d = dict(src_dict)
        channel = d.pop("channel")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = QuoteLine.from_dict(lines_item_data)

            lines.append(lines_item)

        def _parse_store(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        store = _parse_store(d.pop("store", UNSET))

        def _parse_city(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        city = _parse_city(d.pop("city", UNSET))

        def _parse_delivery(data: object) -> None | PricingDelivery | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                delivery_type_0 = PricingDelivery.from_dict(data)

                return delivery_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PricingDelivery | Unset, data)

        delivery = _parse_delivery(d.pop("delivery", UNSET))

        packaging_fen = d.pop("packaging_fen", UNSET)

        codes = cast(list[str], d.pop("codes", UNSET))

        left_out = cast(list[str], d.pop("left_out", UNSET))

        def _parse_payment_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        payment_methods = cast(list[str], d.pop("payment_methods", UNSET))

        points = d.pop("points", UNSET)

        _experiments = d.pop("experiments", UNSET)
        experiments: SystemQuoteRequestExperiments | Unset
        if isinstance(_experiments, Unset):
            experiments = UNSET
        else:
            experiments = SystemQuoteRequestExperiments.from_dict(_experiments)

        programme = d.pop("programme", UNSET)

        _explain = d.pop("explain", UNSET)
        explain: SystemQuoteRequestExplain | Unset
        if isinstance(_explain, Unset):
            explain = UNSET
        else:
            explain = SystemQuoteRequestExplain(_explain)

        hints = d.pop("hints", UNSET)

        standing = d.pop("standing", UNSET)

        def _parse_member(data: object) -> MemberRef | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                member_type_0 = MemberRef.from_dict(data)

                return member_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MemberRef | None | Unset, data)

        member = _parse_member(d.pop("member", UNSET))

        system_quote_request = cls(
            channel=channel,
            lines=lines,
            store=store,
            city=city,
            delivery=delivery,
            packaging_fen=packaging_fen,
            codes=codes,
            left_out=left_out,
            payment_method=payment_method,
            payment_methods=payment_methods,
            points=points,
            experiments=experiments,
            programme=programme,
            explain=explain,
            hints=hints,
            standing=standing,
            member=member,
        )

        return system_quote_request
