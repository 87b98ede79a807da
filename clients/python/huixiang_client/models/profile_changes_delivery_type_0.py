from enum import StrEnum


class ProfileChangesDeliveryType0(StrEnum):
    AFTERNOON = "afternoon"
    EVENING = "evening"
    MORNING = "morning"
    PICK_UP = "pick_up"
    WEEKEND = "weekend"

    def __str__(self) -> str:
        return str(self.value)
