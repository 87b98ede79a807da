from enum import StrEnum


class PaymentKind(StrEnum):
    CHARGE = "charge"
    GIVE_BACK = "give_back"

    def __str__(self) -> str:
        return str(self.value)
