from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.hint import Hint
    from ..models.joining import Joining
    from ..models.line_points import LinePoints
    from ..models.method_total import MethodTotal
    from ..models.priced import Priced
    from ..models.quote_references import QuoteReferences
    from ..models.quoted_earning import QuotedEarning
    from ..models.quoted_points import QuotedPoints
    from ..models.quoted_standing import QuotedStanding


T = TypeVar("T", bound="Quote")


@_attrs_define
class Quote:
    """A basket priced for one buyer at one moment under one version of the promotions.

        due_fen: payable less what points take off. references: by sku, the lowest public price of one piece or 1,000
    grams
        in the store in the days before, for a price that is struck through; a sku that had none is absent. hints: the
        largest gain first, where they were asked for; standing: of a member, where it was. without_method_fen: the best
        without any payment method, where another was asked for. token: what an order is placed on, until expires_at.

        Attributes:
            version (int):
            priced (Priced): payable_fen = goods_fen + delivery_fen + packaging_fen, before points; goods_fen is the sum of
                the lines.

                    proven: no combination that the rules allow is cheaper. Where the search stopped before (`nodes` reached the
                limit),
                    none can be below bound_fen; otherwise that is payable_fen.
            due_fen (int):
            points (None | QuotedPoints):
            earning (None | QuotedEarning):
            standing (None | QuotedStanding):
            by_line (list[LinePoints]):
            by_method (list[MethodTotal]):
            without_method_fen (int):
            references (QuoteReferences):
            hints (list[Hint]):
            joining (Joining | None):
            issued_at (str):
            expires_at (str):
            token (str):
    """

    version: int
    priced: Priced
    due_fen: int
    points: None | QuotedPoints
    earning: None | QuotedEarning
    standing: None | QuotedStanding
    by_line: list[LinePoints]
    by_method: list[MethodTotal]
    without_method_fen: int
    references: QuoteReferences
    hints: list[Hint]
    joining: Joining | None
    issued_at: str
    expires_at: str
    token: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.joining import Joining
        from ..models.quoted_earning import QuotedEarning
        from ..models.quoted_points import QuotedPoints
        from ..models.quoted_standing import QuotedStanding

        version = self.version

        priced = self.priced.to_dict()

        due_fen = self.due_fen

        points: dict[str, Any] | None
        if isinstance(self.points, QuotedPoints):
            points = self.points.to_dict()
        else:
            points = self.points

        earning: dict[str, Any] | None
        if isinstance(self.earning, QuotedEarning):
            earning = self.earning.to_dict()
        else:
            earning = self.earning

        standing: dict[str, Any] | None
        if isinstance(self.standing, QuotedStanding):
            standing = self.standing.to_dict()
        else:
            standing = self.standing

        by_line = []
        for by_line_item_data in self.by_line:
            by_line_item = by_line_item_data.to_dict()
            by_line.append(by_line_item)

        by_method = []
        for by_method_item_data in self.by_method:
            by_method_item = by_method_item_data.to_dict()
            by_method.append(by_method_item)

        without_method_fen = self.without_method_fen

        references = self.references.to_dict()

        hints = []
        for hints_item_data in self.hints:
            hints_item = hints_item_data.to_dict()
            hints.append(hints_item)

        joining: dict[str, Any] | None
        if isinstance(self.joining, Joining):
            joining = self.joining.to_dict()
        else:
            joining = self.joining

        issued_at = self.issued_at

        expires_at = self.expires_at

        token = self.token

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "priced": priced,
                "due_fen": due_fen,
                "points": points,
                "earning": earning,
                "standing": standing,
                "by_line": by_line,
                "by_method": by_method,
                "without_method_fen": without_method_fen,
                "references": references,
                "hints": hints,
                "joining": joining,
                "issued_at": issued_at,
                "expires_at": expires_at,
                "token": token,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.hint import Hint
        from ..models.joining import Joining
        from ..models.line_points import LinePoints
        from ..models.method_total import MethodTotal
        from ..models.priced import Priced
        from ..models.quote_references import QuoteReferences
        from ..models.quoted_earning import QuotedEarning
        from ..models.quoted_points import QuotedPoints
        from ..models.quoted_standing import QuotedStanding

        d = dict(src_dict)
        version = d.pop("version")

        priced = Priced.from_dict(d.pop("priced"))

        due_fen = d.pop("due_fen")

        def _parse_points(data: object) -> None | QuotedPoints:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                points_type_0 = QuotedPoints.from_dict(data)

                return points_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuotedPoints, data)

        points = _parse_points(d.pop("points"))

        def _parse_earning(data: object) -> None | QuotedEarning:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                earning_type_0 = QuotedEarning.from_dict(data)

                return earning_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuotedEarning, data)

        earning = _parse_earning(d.pop("earning"))

        def _parse_standing(data: object) -> None | QuotedStanding:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                standing_type_0 = QuotedStanding.from_dict(data)

                return standing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuotedStanding, data)

        standing = _parse_standing(d.pop("standing"))

        by_line = []
        _by_line = d.pop("by_line")
        for by_line_item_data in _by_line:
            by_line_item = LinePoints.from_dict(by_line_item_data)

            by_line.append(by_line_item)

        by_method = []
        _by_method = d.pop("by_method")
        for by_method_item_data in _by_method:
            by_method_item = MethodTotal.from_dict(by_method_item_data)

            by_method.append(by_method_item)

        without_method_fen = d.pop("without_method_fen")

        references = QuoteReferences.from_dict(d.pop("references"))

        hints = []
        _hints = d.pop("hints")
        for hints_item_data in _hints:
            hints_item = Hint.from_dict(hints_item_data)

            hints.append(hints_item)

        def _parse_joining(data: object) -> Joining | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                joining_type_0 = Joining.from_dict(data)

                return joining_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Joining | None, data)

        joining = _parse_joining(d.pop("joining"))

        issued_at = d.pop("issued_at")

        expires_at = d.pop("expires_at")

        token = d.pop("token")

        quote = cls(
            version=version,
            priced=priced,
            due_fen=due_fen,
            points=points,
            earning=earning,
            standing=standing,
            by_line=by_line,
            by_method=by_method,
            without_method_fen=without_method_fen,
            references=references,
            hints=hints,
            joining=joining,
            issued_at=issued_at,
            expires_at=expires_at,
            token=token,
        )

        quote.additional_properties = d
        return quote

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
