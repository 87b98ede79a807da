"""The key under which codes are hashed: who has the table alone cannot try codes against it."""

from __future__ import annotations

from huixiang.coupons.ports import SecretProvider
from huixiang.coupons.rules import codes as rules
from huixiang.kernel.errors import InvariantBroken

_keys: dict[str, bytes] = {}


def use_secrets(provider: SecretProvider) -> None:
    """Called once by each process before it serves."""
    _keys["codes"] = provider.secret("coupon codes")


def key() -> bytes:
    if "codes" not in _keys:
        raise InvariantBroken("coupons.service.use_secrets was not called in this process")
    return _keys["codes"]


def hash_of(code: str) -> bytes:
    """What is kept of a code in normal form."""
    return rules.hashed(key(), code.encode())
