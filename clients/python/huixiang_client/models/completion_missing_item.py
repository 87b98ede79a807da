from enum import StrEnum


class CompletionMissingItem(StrEnum):
    ADDRESS = "address"
    BIRTHDAY = "birthday"
    CONTACT = "contact"
    DELIVERY = "delivery"
    FAVOURITE_CATEGORIES = "favourite_categories"
    HOUSEHOLD = "household"
    NAME = "name"

    def __str__(self) -> str:
        return str(self.value)
