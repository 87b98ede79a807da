from enum import StrEnum


class RequestedRefundDecidedByType0(StrEnum):
    MEMBER = "member"
    RULE = "rule"
    STAFF = "staff"
    SYSTEM = "system"

    def __str__(self) -> str:
        return str(self.value)
