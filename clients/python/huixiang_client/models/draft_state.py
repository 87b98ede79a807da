from enum import StrEnum


class DraftState(StrEnum):
    DISCARDED = "discarded"
    OPEN = "open"
    PUBLISHED = "published"

    def __str__(self) -> str:
        return str(self.value)
