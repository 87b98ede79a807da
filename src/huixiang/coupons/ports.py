"""What coupons need from outside."""

from __future__ import annotations

from typing import Protocol


class SecretProvider(Protocol):
    """Keeps this installation's secrets."""

    def secret(self, purpose: str) -> bytes:
        """32 bytes, the same in every process."""
        ...
