from enum import StrEnum


class NewStateState(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"
    CLOSED = "closed"
    DECEASED = "deceased"
    MINOR = "minor"

    def __str__(self) -> str:
        return str(self.value)
