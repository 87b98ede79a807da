from enum import StrEnum


class ResourceRowOutcomeOutcomeType0(StrEnum):
    CREATED = "created"
    STALE = "stale"
    UNCHANGED = "unchanged"
    UPDATED = "updated"

    def __str__(self) -> str:
        return str(self.value)
