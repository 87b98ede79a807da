from enum import StrEnum


class RequestState(StrEnum):
    ASKED = "asked"
    REFUNDED = "refunded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    def __str__(self) -> str:
        return str(self.value)
