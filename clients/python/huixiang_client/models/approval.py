from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_maker_kind import ApprovalMakerKind
from ..models.approval_state import ApprovalState

if TYPE_CHECKING:
    from ..models.approval_result_type_0 import ApprovalResultType0
    from ..models.kernel_problem import KernelProblem
    from ..models.staff_change import StaffChange


T = TypeVar("T", bound="Approval")


@_attrs_define
class Approval:
    """A request and what became of it: `granted` until its command has run, then `done` with the command's result, or
        `failed` with the code of the refusal and, where it told what was wrong, `problems`. `decided_by`: the
    permission
        that decides. `maker` and `checker`: the display names of who asked and who decided. `maker_kind`: whether
    `made_by`
        is a person or a system's key; where it is the command line, it is no id of anybody's.

        Attributes:
            approval_id (UUID):
            command (str):
            version (int):
            subject (str):
            member_id (None | UUID):
            difference (list[StaffChange]):
            base (None | str):
            reason (str):
            decided_by (str):
            made_by (UUID):
            made_at (str):
            expires_at (str):
            state (ApprovalState):
            maker (None | str):
            checked_by (None | UUID):
            checker (None | str):
            decided_at (None | str):
            note (None | str):
            code (None | str):
            result (ApprovalResultType0 | None):
            settled_at (None | str):
            maker_kind (ApprovalMakerKind):
            problems (list[KernelProblem]):
    """

    approval_id: UUID
    command: str
    version: int
    subject: str
    member_id: None | UUID
    difference: list[StaffChange]
    base: None | str
    reason: str
    decided_by: str
    made_by: UUID
    made_at: str
    expires_at: str
    state: ApprovalState
    maker: None | str
    checked_by: None | UUID
    checker: None | str
    decided_at: None | str
    note: None | str
    code: None | str
    result: ApprovalResultType0 | None
    settled_at: None | str
    maker_kind: ApprovalMakerKind
    problems: list[KernelProblem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.approval_result_type_0 import ApprovalResultType0

        approval_id = str(self.approval_id)

        command = self.command

        version = self.version

        subject = self.subject

        member_id: None | str
        if isinstance(self.member_id, UUID):
            member_id = str(self.member_id)
        else:
            member_id = self.member_id

        difference = []
        for difference_item_data in self.difference:
            difference_item = difference_item_data.to_dict()
            difference.append(difference_item)

        base: None | str
        base = self.base

        reason = self.reason

        decided_by = self.decided_by

        made_by = str(self.made_by)

        made_at = self.made_at

        expires_at = self.expires_at

        state = self.state.value

        maker: None | str
        maker = self.maker

        checked_by: None | str
        if isinstance(self.checked_by, UUID):
            checked_by = str(self.checked_by)
        else:
            checked_by = self.checked_by

        checker: None | str
        checker = self.checker

        decided_at: None | str
        decided_at = self.decided_at

        note: None | str
        note = self.note

        code: None | str
        code = self.code

        result: dict[str, Any] | None
        if isinstance(self.result, ApprovalResultType0):
            result = self.result.to_dict()
        else:
            result = self.result

        settled_at: None | str
        settled_at = self.settled_at

        maker_kind = self.maker_kind.value

        problems = []
        for problems_item_data in self.problems:
            problems_item = problems_item_data.to_dict()
            problems.append(problems_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "approval_id": approval_id,
                "command": command,
                "version": version,
                "subject": subject,
                "member_id": member_id,
                "difference": difference,
                "base": base,
                "reason": reason,
                "decided_by": decided_by,
                "made_by": made_by,
                "made_at": made_at,
                "expires_at": expires_at,
                "state": state,
                "maker": maker,
                "checked_by": checked_by,
                "checker": checker,
                "decided_at": decided_at,
                "note": note,
                "code": code,
                "result": result,
                "settled_at": settled_at,
                "maker_kind": maker_kind,
                "problems": problems,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.approval_result_type_0 import ApprovalResultType0
        from ..models.kernel_problem import KernelProblem
        from ..models.staff_change import StaffChange

        d = dict(src_dict)
        approval_id = UUID(d.pop("approval_id"))

        command = d.pop("command")

        version = d.pop("version")

        subject = d.pop("subject")

        def _parse_member_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                member_id_type_0 = UUID(data)

                return member_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        member_id = _parse_member_id(d.pop("member_id"))

        difference = []
        _difference = d.pop("difference")
        for difference_item_data in _difference:
            difference_item = StaffChange.from_dict(difference_item_data)

            difference.append(difference_item)

        def _parse_base(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        base = _parse_base(d.pop("base"))

        reason = d.pop("reason")

        decided_by = d.pop("decided_by")

        made_by = UUID(d.pop("made_by"))

        made_at = d.pop("made_at")

        expires_at = d.pop("expires_at")

        state = ApprovalState(d.pop("state"))

        def _parse_maker(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        maker = _parse_maker(d.pop("maker"))

        def _parse_checked_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                checked_by_type_0 = UUID(data)

                return checked_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        checked_by = _parse_checked_by(d.pop("checked_by"))

        def _parse_checker(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        checker = _parse_checker(d.pop("checker"))

        def _parse_decided_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        def _parse_note(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        note = _parse_note(d.pop("note"))

        def _parse_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        code = _parse_code(d.pop("code"))

        def _parse_result(data: object) -> ApprovalResultType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                result_type_0 = ApprovalResultType0.from_dict(data)

                return result_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ApprovalResultType0 | None, data)

        result = _parse_result(d.pop("result"))

        def _parse_settled_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        settled_at = _parse_settled_at(d.pop("settled_at"))

        maker_kind = ApprovalMakerKind(d.pop("maker_kind"))

        problems = []
        _problems = d.pop("problems")
        for problems_item_data in _problems:
            problems_item = KernelProblem.from_dict(problems_item_data)

            problems.append(problems_item)

        approval = cls(
            approval_id=approval_id,
            command=command,
            version=version,
            subject=subject,
            member_id=member_id,
            difference=difference,
            base=base,
            reason=reason,
            decided_by=decided_by,
            made_by=made_by,
            made_at=made_at,
            expires_at=expires_at,
            state=state,
            maker=maker,
            checked_by=checked_by,
            checker=checker,
            decided_at=decided_at,
            note=note,
            code=code,
            result=result,
            settled_at=settled_at,
            maker_kind=maker_kind,
            problems=problems,
        )

        approval.additional_properties = d
        return approval

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
