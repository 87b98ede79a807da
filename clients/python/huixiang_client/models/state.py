from enum import StrEnum


class State(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"
    CLOSED = "closed"
    DECEASED = "deceased"
    MERGED = "merged"
    MERGING = "merging"
    MINOR = "minor"

    def __str__(self) -> str:
        return str(self.value)
