"""Use cases of messaging, one file per verb."""

from huixiang.messaging.service.counting import counted
from huixiang.messaging.service.delivery import claim, record
from huixiang.messaging.service.hearing import hear
from huixiang.messaging.service.inbox import inbox, read, read_all, unread
from huixiang.messaging.service.popups import dismiss, popups, show
from huixiang.messaging.service.receipts import receive
from huixiang.messaging.service.send import send
from huixiang.messaging.service.sinking import has_sunk, sink
from huixiang.messaging.service.templates import check_said, check_template, preview, say, send_template, word
from huixiang.messaging.service.tidying import tidy
from huixiang.messaging.service.viewing import messages, proof, sunk
from huixiang.messaging.service.wiring import Wired, use

__all__ = [
    "Wired",
    "check_said",
    "check_template",
    "claim",
    "counted",
    "dismiss",
    "has_sunk",
    "hear",
    "inbox",
    "messages",
    "popups",
    "preview",
    "proof",
    "read",
    "read_all",
    "receive",
    "record",
    "say",
    "send",
    "send_template",
    "show",
    "sink",
    "sunk",
    "tidy",
    "unread",
    "use",
    "word",
]
