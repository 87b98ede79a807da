"""What providers tell of messages after they took them: kept once, whenever it comes and however often."""

from __future__ import annotations

from huixiang.messaging import rules, store
from huixiang.messaging.model import Channel, StoredMessage
from huixiang.messaging.model.receipts import ProviderReceipt
from huixiang.messaging.rules import receipts as receipt_rules
from huixiang.messaging.store import receipts as receipt_store
from huixiang.platform.db import Transaction


async def receive(tx: Transaction, receipt: ProviderReceipt) -> bool:
    """Keep one receipt; False where it says nothing new, or of a message that this provider was never given.

    One that names its message by the provider's id may come before the answer with that id: it waits for it.
    """
    if receipt.message_id is not None:
        message = await receipt_store.lock_named(tx, receipt)
        return message is not None and await _apply(tx, message, receipt)
    message = await receipt_store.lock_by_reference(tx, receipt)
    if message is None:
        await receipt_store.keep_early(tx, receipt)
        return True
    return await _apply(tx, message, receipt)


async def apply_early(tx: Transaction, message: StoredMessage, provider_ref: str) -> bool:
    """Apply to a locked message what was told of it before its provider's id was known; whether there was any."""
    if message.channel is not Channel.WECHAT_TEMPLATE or message.provider is None:
        return False
    early = await receipt_store.take_early(tx, message.provider, message.channel, provider_ref)
    for receipt in early:
        await _apply(tx, message, receipt)
    return bool(early)


async def _apply(tx: Transaction, message: StoredMessage, receipt: ProviderReceipt) -> bool:
    if not receipt_rules.belongs(message, receipt) or not await receipt_store.insert(tx, message, receipt):
        return False
    if receipt_rules.is_newer(message, receipt):
        await receipt_store.set_delivery(tx, message, receipt)
    step = receipt_rules.after_receipt(message, receipt)
    if step is not None and rules.may_become(message.state, step.state):
        await store.move(tx, message, step)
    return True
