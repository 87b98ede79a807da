from enum import StrEnum


class TierUpgradeGround(StrEnum):
    BOUGHT = "bought"
    MANUAL = "manual"

    def __str__(self) -> str:
        return str(self.value)
