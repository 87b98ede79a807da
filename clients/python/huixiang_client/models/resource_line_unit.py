from enum import StrEnum


class ResourceLineUnit(StrEnum):
    FEN = "fen"
    PIECES = "pieces"
    PLACES = "places"
    USES = "uses"

    def __str__(self) -> str:
        return str(self.value)
