from enum import StrEnum


class FulfilledNotReckonedType0(StrEnum):
    QUOTE_FACTS_CHANGED = "quote_facts_changed"

    def __str__(self) -> str:
        return str(self.value)
