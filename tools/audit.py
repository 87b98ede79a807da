"""Ask the advisory services whether a locked dependency has a known weakness.

    python -m tools.audit [--strict]

Exits 1 where one is known. Where a service cannot be asked (no network, a mirror without advisories), that is printed:
an audit that was not made proves nothing either way, and must not look like one that passed. The exit is then 0, so
that work without the internet goes on, and with --strict 2, for who watches over dependencies (`make audit`). One
package is asked about first, so that an unreachable service costs one request and not one for each package.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements-dev.lock"
ANSWER_SECONDS = 240


class Outcome(Enum):
    SOUND = "nothing is known"
    WEAK = "a weakness is known"
    NOT_ASKED = "nobody could be asked"


def run(command: list[str], cwd: Path = ROOT, **environment: str) -> tuple[int, str, str]:
    try:
        done = subprocess.run(  # noqa: S603  the commands stand below
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, "", f"no answer within {ANSWER_SECONDS} s"
    return done.returncode, done.stdout, done.stderr


def pip_audit(requirements: Path) -> tuple[list[dict[str, Any]], str]:
    """The packages with what is known of each, and why the service could not be asked ("" where it could)."""
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json"]
    _, out, err = run([*command, "--disable-pip", "--require-hashes", "--requirement", str(requirements)])
    try:
        packages = json.loads(out)["dependencies"]
    except (ValueError, KeyError):
        return [], (err.strip().splitlines() or ["no answer"])[-1]
    unknown = [package for package in packages if "skip_reason" in package]
    if len(unknown) == len(packages):
        return [], str(unknown[0]["skip_reason"]) if unknown else "no package was looked at"
    return packages, ""


def first_requirement(lock: Path, into: Path) -> Path:
    """A requirements file of the lock's first package alone, with its hashes."""
    lines = lock.read_text().splitlines()
    end = next(number for number, line in enumerate(lines) if number and not line.startswith(" "))
    into.write_text("\n".join(lines[:end]).rstrip("\\ \n") + "\n")
    return into


def audit_python() -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        probe = first_requirement(ROOT / LOCK, Path(folder) / "probe.txt")
        _, silence = pip_audit(probe)
    packages: list[dict[str, Any]] = []
    if not silence:
        packages, silence = pip_audit(ROOT / LOCK)
    if silence:
        print(f"Python: NOT AUDITED, the advisory service could not be asked ({silence})")
        return Outcome.NOT_ASKED
    known = [(package, weakness) for package in packages for weakness in package.get("vulns", [])]
    for package, weakness in known:
        repaired = ", ".join(weakness.get("fix_versions", [])) or "no version yet"
        print(f"Python: {package['name']} {package['version']}: {weakness['id']}, repaired in {repaired}")
    unknown = sum("skip_reason" in package for package in packages)
    print(f"Python: {len(packages) - unknown} packages audited, {unknown} unknown to the service, {len(known)} weak")
    return Outcome.WEAK if known else Outcome.SOUND


def npm_folder() -> str | None:
    node = ROOT / "tools" / "node"
    code, out, _ = run([str(node)])
    return out.strip() if code == 0 else None


def audit_pages() -> Outcome:
    """Of what the pages are built with; a weakness counts from level high on."""
    folder = npm_folder()
    if folder is None or not (ROOT / "web" / "package-lock.json").exists():
        print("pages: NOT AUDITED, no Node of version 20.19 or later here")
        return Outcome.NOT_ASKED
    npm = shutil.which("npm", path=folder) or "npm"
    _, out, err = run(
        [npm, "audit", "--json", "--audit-level=high"], cwd=ROOT / "web", PATH=f"{folder}:{os.environ.get('PATH', '')}"
    )
    try:
        counts = json.loads(out)["metadata"]["vulnerabilities"]
    except (ValueError, KeyError):
        reason = next((line for line in err.splitlines() if "audit" in line), "no answer")
        print(f"pages: NOT AUDITED, the advisory service could not be asked ({reason.strip()})")
        return Outcome.NOT_ASKED
    print("pages: " + ", ".join(f"{level} {count}" for level, count in counts.items()))
    return Outcome.WEAK if counts["high"] or counts["critical"] else Outcome.SOUND


def exit_code(outcomes: Sequence[Outcome], *, strict: bool) -> int:
    """1: a weakness is known; 2: strict, and somebody could not be asked."""
    if Outcome.WEAK in outcomes:
        return 1
    return 2 if strict and Outcome.NOT_ASKED in outcomes else 0


def main(arguments: Sequence[str]) -> int:
    strict = "--strict" in arguments
    code = exit_code([audit_python(), audit_pages()], strict=strict)
    if code == 2:
        print("FAILED: dependencies were not audited; run this where the advisory services can be reached")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
