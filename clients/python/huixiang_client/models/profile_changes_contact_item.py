from enum import StrEnum


class ProfileChangesContactItem(StrEnum):
    EMAIL = "email"
    NONE = "none"
    PHONE = "phone"
    PUSH = "push"
    SMS = "sms"
    WECHAT = "wechat"

    def __str__(self) -> str:
        return str(self.value)
