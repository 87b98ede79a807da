"""Replacing the master key that wraps members' data keys."""

from __future__ import annotations

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model.states import Reason


class NewMasterKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why there is to be a new one."""

    reason: Reason


class MasterKeysElsewhere(DomainError):
    """The keys are given to the program (HUIXIANG_MASTER_KEY_FILE), or cannot be written: a new one is made where they
    are kept."""

    code = "master_keys_elsewhere"
    status = 409
    title = Text(zh="主密钥由外部保管", en="Master keys are kept elsewhere")
    detail = Text(
        zh="主密钥由外部保管，请在保管处更换。", en="The master keys are kept elsewhere: make a new one there."
    )
