from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.resource_row_outcome_outcome_type_0 import ResourceRowOutcomeOutcomeType0
from ..models.resource_row_outcome_outcome_type_1 import ResourceRowOutcomeOutcomeType1
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.row_problem import RowProblem


T = TypeVar("T", bound="ResourceRowOutcome")


@_attrs_define
class ResourceRowOutcome:
    """What became of one line. `stale`: a newer version is there; `unchanged`: this very one is.

    Attributes:
        line (int):
        outcome (ResourceRowOutcomeOutcomeType0 | ResourceRowOutcomeOutcomeType1):
        resource_id (None | Unset | UUID):
        problem (None | RowProblem | Unset):
    """

    line: int
    outcome: ResourceRowOutcomeOutcomeType0 | ResourceRowOutcomeOutcomeType1
    resource_id: None | Unset | UUID = UNSET
    problem: None | RowProblem | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.row_problem import RowProblem

        line = self.line

        outcome: str
        if isinstance(self.outcome, ResourceRowOutcomeOutcomeType0):
            outcome = self.outcome.value
        else:
            outcome = self.outcome.value

        resource_id: None | str | Unset
        if isinstance(self.resource_id, Unset):
            resource_id = UNSET
        elif isinstance(self.resource_id, UUID):
            resource_id = str(self.resource_id)
        else:
            resource_id = self.resource_id

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
        if resource_id is not UNSET:
            field_dict["resource_id"] = resource_id
        if problem is not UNSET:
            field_dict["problem"] = problem

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.row_problem import RowProblem

        d = dict(src_dict)
        line = d.pop("line")

        def _parse_outcome(
            data: object,
        ) -> ResourceRowOutcomeOutcomeType0 | ResourceRowOutcomeOutcomeType1:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                outcome_type_0 = ResourceRowOutcomeOutcomeType0(data)

                return outcome_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            outcome_type_1 = ResourceRowOutcomeOutcomeType1(data)

            return outcome_type_1

        outcome = _parse_outcome(d.pop("outcome"))

        def _parse_resource_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resource_id_type_0 = UUID(data)

                return resource_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        resource_id = _parse_resource_id(d.pop("resource_id", UNSET))

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

        resource_row_outcome = cls(
            line=line,
            outcome=outcome,
            resource_id=resource_id,
            problem=problem,
        )

        resource_row_outcome.additional_properties = d
        return resource_row_outcome

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
