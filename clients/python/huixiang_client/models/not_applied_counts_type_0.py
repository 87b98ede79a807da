from enum import StrEnum


class NotAppliedCountsType0(StrEnum):
    FEN = "fen"
    PIECES = "pieces"

    def __str__(self) -> str:
        return str(self.value)
