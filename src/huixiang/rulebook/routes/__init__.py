"""Rule documents over HTTP: the same routes for systems and for people, at two doors; what people publish waits
for a second person."""

from huixiang.rulebook.routes.doors import CONSOLE, SYSTEM
from huixiang.rulebook.routes.drafts import drafting
from huixiang.rulebook.routes.requests import requesting
from huixiang.rulebook.routes.switches import switching
from huixiang.rulebook.routes.versions import publishing, reading, trying

ROUTES = [
    route
    for door, changing in ((SYSTEM, publishing), (CONSOLE, requesting))
    for make in (reading, changing, trying, drafting, switching)
    for route in make(door)
]
