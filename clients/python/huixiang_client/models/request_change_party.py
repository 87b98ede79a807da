from enum import StrEnum


class RequestChangeParty(StrEnum):
    MEMBER = "member"
    RULE = "rule"
    STAFF = "staff"
    SYSTEM = "system"

    def __str__(self) -> str:
        return str(self.value)
