"""Use cases of habits: keep the rows, read them, prove them, note behaviour, forget."""

from huixiang.habits.service.behaviour import forget, note
from huixiang.habits.service.reading import facts
from huixiang.habits.service.rebuild import differences, rebuild
from huixiang.habits.service.reckoning import (
    MODULE,
    begin,
    lifecycle,
    mark,
    mark_turning,
    merge,
    reckon,
    reckon_due,
    unmerge,
)

__all__ = [
    "MODULE",
    "begin",
    "differences",
    "facts",
    "forget",
    "lifecycle",
    "mark",
    "mark_turning",
    "merge",
    "note",
    "rebuild",
    "reckon",
    "reckon_due",
    "unmerge",
]
