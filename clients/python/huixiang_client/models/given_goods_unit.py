from enum import StrEnum


class GivenGoodsUnit(StrEnum):
    GRAM = "gram"
    PIECE = "piece"

    def __str__(self) -> str:
        return str(self.value)
