from enum import StrEnum


class HintKind(StrEnum):
    GOODS = "goods"
    JOIN = "join"
    PLAN = "plan"
    TIER = "tier"

    def __str__(self) -> str:
        return str(self.value)
