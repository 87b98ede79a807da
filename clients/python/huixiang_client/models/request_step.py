from enum import StrEnum


class RequestStep(StrEnum):
    APPROVED = "approved"
    ASKED = "asked"
    GOODS_NOT_OK = "goods_not_ok"
    GOODS_OK = "goods_ok"
    REFUNDED = "refunded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    def __str__(self) -> str:
        return str(self.value)
