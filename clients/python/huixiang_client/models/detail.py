from enum import StrEnum


class Detail(StrEnum):
    ACCOUNT = "account"
    BUDGET = "budget"
    CAUSE = "cause"

    def __str__(self) -> str:
        return str(self.value)
