"""Use cases of bulk grants, one file per verb."""

from huixiang.grants.service.approving import STEP, request, request_undo, settle_requests
from huixiang.grants.service.audience import use_registry
from huixiang.grants.service.making import make
from huixiang.grants.service.reading import counted, grant, grants, note_export, refused_rows, rows
from huixiang.grants.service.running import steer, step

__all__ = [
    "STEP",
    "counted",
    "grant",
    "grants",
    "make",
    "note_export",
    "refused_rows",
    "request",
    "request_undo",
    "rows",
    "settle_requests",
    "steer",
    "step",
    "use_registry",
]
