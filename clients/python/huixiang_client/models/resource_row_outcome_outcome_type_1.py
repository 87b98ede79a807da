from enum import StrEnum


class ResourceRowOutcomeOutcomeType1(StrEnum):
    REFUSED = "refused"

    def __str__(self) -> str:
        return str(self.value)
