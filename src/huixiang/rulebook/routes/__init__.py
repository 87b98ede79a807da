"""Rule documents over HTTP: the same routes for systems and for people, at two doors. What is published waits for a
person, unless a system was trusted to publish alone."""

from huixiang.rulebook.routes.doors import CONSOLE, SYSTEM
from huixiang.rulebook.routes.drafts import drafting
from huixiang.rulebook.routes.requests import requesting
from huixiang.rulebook.routes.switches import switching
from huixiang.rulebook.routes.versions import publishing, reading, trying

ROUTES = [
    route
    for door in (SYSTEM, CONSOLE)
    for make in (reading, requesting, trying, drafting, switching)
    for route in make(door)
] + publishing(SYSTEM)
