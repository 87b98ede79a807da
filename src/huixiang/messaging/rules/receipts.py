"""What a receipt means for its message, whenever it comes."""

from __future__ import annotations

from huixiang.messaging.model import MessageState, Step, StoredMessage
from huixiang.messaging.model.receipts import Delivery, ProviderReceipt


def belongs(message: StoredMessage, receipt: ProviderReceipt) -> bool:
    """Whether the message was ever given to the provider that tells of it."""
    return message.channel is receipt.channel and message.provider == receipt.provider and message.tries > 0


def is_newer(message: StoredMessage, receipt: ProviderReceipt) -> bool:
    """Whether it says more than what was known: by the provider's clock, not by when it came. Of two of one instant,
    that it arrived counts."""
    if message.delivery_at is None or receipt.occurred_at > message.delivery_at:
        return True
    return receipt.occurred_at == message.delivery_at and receipt.state is Delivery.DELIVERED


def after_receipt(message: StoredMessage, receipt: ProviderReceipt) -> Step | None:
    """Where the message goes by it; None where it stays. What arrived was sent, whatever its answer had said or not
    said. That it did not arrive settles what nobody knew."""
    if receipt.state is Delivery.DELIVERED:
        return Step(MessageState.SENT)
    if message.state in {MessageState.SENDING, MessageState.UNKNOWN}:
        return Step(MessageState.FAILED, reason=receipt.code)
    return None
