"""Whom a sign-in let in, as the security log names them."""

from __future__ import annotations

from huixiang.members.model.sign_in import SignedIn
from huixiang.platform.security_log import Ids


def ids_of(made: SignedIn) -> Ids:
    return {"member_id": made.member_id, "device_id": made.device_id, "registered": made.registered}
