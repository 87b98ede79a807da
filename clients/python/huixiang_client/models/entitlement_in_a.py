from enum import StrEnum


class EntitlementInA(StrEnum):
    DAY = "day"
    LIFE = "life"
    MONTH = "month"
    WEEK = "week"

    def __str__(self) -> str:
        return str(self.value)
