from enum import StrEnum


class PaymentReconciliationOutcome(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"

    def __str__(self) -> str:
        return str(self.value)
