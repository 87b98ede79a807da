from enum import StrEnum


class ClawBackPolicy(StrEnum):
    CASH = "cash"
    DEBT = "debt"
    PENDING_ONLY = "pending_only"

    def __str__(self) -> str:
        return str(self.value)
