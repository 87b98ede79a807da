from enum import StrEnum


class PaymentDifferenceWhat(StrEnum):
    FIGURES = "figures"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    OPEN = "open"

    def __str__(self) -> str:
        return str(self.value)
