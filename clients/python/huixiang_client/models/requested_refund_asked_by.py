from enum import StrEnum


class RequestedRefundAskedBy(StrEnum):
    MEMBER = "member"
    STAFF = "staff"
    SYSTEM = "system"

    def __str__(self) -> str:
        return str(self.value)
