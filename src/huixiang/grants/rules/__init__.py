"""Decisions of bulk grants: `lists`, `states`, `caps`."""
