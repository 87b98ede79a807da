from enum import StrEnum


class GoodsState(StrEnum):
    NOT_OK = "not_ok"
    OK = "ok"
    TO_CHECK = "to_check"

    def __str__(self) -> str:
        return str(self.value)
