from enum import StrEnum


class Group(StrEnum):
    BUDGET = "budget"
    CAUSE = "cause"
    NONE = "none"

    def __str__(self) -> str:
        return str(self.value)
