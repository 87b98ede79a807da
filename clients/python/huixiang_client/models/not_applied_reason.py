from enum import StrEnum


class NotAppliedReason(StrEnum):
    DEARER = "dearer"
    EXCLUDED = "excluded"
    KILLED = "killed"
    LEFT_OUT = "left_out"
    MAXIMUM = "maximum"
    NOT_MET = "not_met"
    NOT_NOW = "not_now"
    NO_GOODS = "no_goods"
    PAYMENT_METHOD = "payment_method"
    SAVES_NOTHING = "saves_nothing"
    SHORT = "short"
    TOO_FEW = "too_few"
    USED_UP = "used_up"

    def __str__(self) -> str:
        return str(self.value)
