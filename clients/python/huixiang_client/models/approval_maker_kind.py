from enum import StrEnum


class ApprovalMakerKind(StrEnum):
    COMMAND_LINE = "command_line"
    KEY = "key"
    STAFF = "staff"

    def __str__(self) -> str:
        return str(self.value)
