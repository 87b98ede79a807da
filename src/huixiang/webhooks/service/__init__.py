"""Use cases of webhooks."""

from huixiang.webhooks.service.delivering import claim, opened, record, tell, tidy, waiting
from huixiang.webhooks.service.endpoints import (
    change,
    check_address,
    create,
    delete,
    endpoints,
    offered,
    pause,
    read,
    resume,
    rotate,
)
from huixiang.webhooks.service.streaming import draw_out, end_turn, settle, take_turn, unwritten
from huixiang.webhooks.service.viewing import deliveries, delivery, look, looks, replay, send_test
from huixiang.webhooks.service.wiring import use

__all__ = [
    "change",
    "check_address",
    "claim",
    "create",
    "delete",
    "deliveries",
    "delivery",
    "draw_out",
    "end_turn",
    "endpoints",
    "look",
    "looks",
    "offered",
    "opened",
    "pause",
    "read",
    "record",
    "replay",
    "resume",
    "rotate",
    "send_test",
    "settle",
    "take_turn",
    "tell",
    "tidy",
    "unwritten",
    "use",
    "waiting",
]
