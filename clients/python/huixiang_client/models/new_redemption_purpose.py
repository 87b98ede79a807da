from enum import StrEnum


class NewRedemptionPurpose(StrEnum):
    DONATION = "donation"
    EXCHANGE = "exchange"

    def __str__(self) -> str:
        return str(self.value)
