from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.catalogue_row_outcome_outcome import CatalogueRowOutcomeOutcome
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.row_problem import RowProblem


T = TypeVar("T", bound="CatalogueRowOutcome")


@_attrs_define
class CatalogueRowOutcome:
    """What became of one line. `stale`: the catalogue has a newer version; `unchanged`: it has this very row.

    Attributes:
        line (int):
        outcome (CatalogueRowOutcomeOutcome):
        problem (None | RowProblem | Unset):
    """

    line: int
    outcome: CatalogueRowOutcomeOutcome
    problem: None | RowProblem | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.row_problem import RowProblem

        line = self.line

        outcome = self.outcome.value

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, RowProblem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "outcome": outcome,
            }
        )
        if problem is not UNSET:
            field_dict["problem"] = problem

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.row_problem import RowProblem

        d = dict(src_dict)
        line = d.pop("line")

        outcome = CatalogueRowOutcomeOutcome(d.pop("outcome"))

        def _parse_problem(data: object) -> None | RowProblem | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                problem_type_0 = RowProblem.from_dict(data)

                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RowProblem | Unset, data)

        problem = _parse_problem(d.pop("problem", UNSET))

        catalogue_row_outcome = cls(
            line=line,
            outcome=outcome,
            problem=problem,
        )

        catalogue_row_outcome.additional_properties = d
        return catalogue_row_outcome

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
