"""Jobs and schedules of terms."""

from __future__ import annotations

from huixiang.platform.queue import JobHandler, Schedule
from huixiang.terms import service
from huixiang.terms.model import Tell

JOB_HANDLERS = (JobHandler(service.TELL, Tell, service.tell),)
SCHEDULES = (Schedule("terms.look", "* * * * *", service.look),)
