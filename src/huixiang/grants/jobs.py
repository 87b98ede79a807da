"""Jobs of bulk grants: a step of one, which enqueues the next."""

from __future__ import annotations

from huixiang.grants import service
from huixiang.grants.model import Step
from huixiang.platform.queue import JobHandler

JOB_HANDLERS = (JobHandler(service.STEP, Step, service.step),)
