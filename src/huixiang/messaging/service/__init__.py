"""Use cases of messaging, one file per verb."""

from huixiang.messaging.service.delivery import claim, record
from huixiang.messaging.service.inbox import inbox, read, unread
from huixiang.messaging.service.send import send
from huixiang.messaging.service.sinking import has_sunk, sink
from huixiang.messaging.service.tidying import tidy
from huixiang.messaging.service.viewing import messages, proof, sunk
from huixiang.messaging.service.wiring import Wired, use

__all__ = [
    "Wired",
    "claim",
    "has_sunk",
    "inbox",
    "messages",
    "proof",
    "read",
    "record",
    "send",
    "sink",
    "sunk",
    "tidy",
    "unread",
    "use",
]
