from enum import StrEnum


class TrialGives(StrEnum):
    PLAN = "plan"
    TIER = "tier"

    def __str__(self) -> str:
        return str(self.value)
