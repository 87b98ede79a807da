"""Check the lock files: every requirement pinned and hashed, and no download host named. Needs Python alone.

    python -m tools.locks

A lock that names a host works only where that host is reached, and tells the world which mirror its author sits behind
(docs/decisions/0009). Exits 1 and names file and line where a lock breaks the rule.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCKS = "requirements*.lock"
NPM_LOCKS = "web/**/package-lock.json"

HOST = re.compile(r"://|^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b|\s@\s")
NPM_HOST = re.compile(r'"resolved":\s*"[a-z+]+:')
REQUIREMENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[a-z0-9,_-]+\])?==\S+(\s*;[^\\]+)?\s*\\$")
CONTINUATION = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}(\s*\\)?$")


def python_lock_faults(name: str, text: str) -> list[str]:
    """Lines that name a host, and lines that are neither a pinned requirement, nor its sha256, nor a comment."""
    faults = []
    hashed = True
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{name}:{number}"
        if HOST.search(line):
            faults.append(f"{place}: names a download host: {line.strip()}")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if CONTINUATION.match(line):
            hashed = True
            continue
        if not hashed:
            faults.append(f"{place}: the requirement before this line has no hash")
        hashed = False
        if not REQUIREMENT.match(line):
            faults.append(f"{place}: not pinned to one version with a hash: {line.strip()}")
    if not hashed:
        faults.append(f"{name}: the last requirement has no hash")
    return faults


def npm_lock_faults(name: str, text: str) -> list[str]:
    """Lines of a package-lock.json that say where a package was downloaded from."""
    return [
        f"{name}:{number}: names a download host: {line.strip()}"
        for number, line in enumerate(text.splitlines(), start=1)
        if NPM_HOST.search(line)
    ]


def main() -> int:
    python_locks = sorted(ROOT.glob(PYTHON_LOCKS))
    npm_locks = sorted(path for path in ROOT.glob(NPM_LOCKS) if "node_modules" not in path.parts)
    faults = [fault for path in python_locks for fault in python_lock_faults(path.name, path.read_text())]
    faults += [fault for path in npm_locks for fault in npm_lock_faults(str(path.relative_to(ROOT)), path.read_text())]
    if not python_locks:
        faults.append(f"no {PYTHON_LOCKS} found")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(python_locks) + len(npm_locks)} lock files: pinned, hashed, no host named")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
