"""The lock files: pinned, hashed, without hosts, true to pyproject.toml and to each other."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source_tree import ROOT
from tools import locks

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)(?:\s*;\s*([^\\]+?))?\s*\\$", re.MULTILINE)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pinned(name: str) -> set[tuple[str, str]]:
    """(package, version) of every line of a lock."""
    found: set[tuple[str, str]] = {
        (canonicalize_name(package), version) for package, version, _ in PINNED.findall((ROOT / name).read_text())
    }
    assert found, name
    return found


def group(name: str) -> list[str]:
    """The requirements of a dependency group, those it includes too."""
    wanted: list[str] = []
    for entry in project()["dependency-groups"][name]:
        wanted += [entry] if isinstance(entry, str) else group(entry["include-group"])
    return wanted


def unmet(wanted: list[str], lock: set[tuple[str, str]]) -> list[str]:
    """Requirements for which a lock has no version that they take."""
    versions: dict[str, list[str]] = {}
    for package, version in lock:
        versions.setdefault(package, []).append(version)
    requirements = [Requirement(line) for line in wanted]
    return [
        str(requirement)
        for requirement in requirements
        if not any(requirement.specifier.contains(v) for v in versions.get(canonicalize_name(requirement.name), []))
    ]


def test_the_locks_satisfy_the_project() -> None:
    to_run = project()["project"]["dependencies"]
    demo = project()["project"]["optional-dependencies"]["demo"]
    assert unmet(to_run, pinned("requirements.lock")) == []
    assert unmet(to_run + demo, pinned("requirements-demo.lock")) == []
    assert unmet(to_run + demo + group("dev"), pinned("requirements-dev.lock")) == []
    assert unmet(group("node"), pinned("requirements-node.lock")) == []
    assert unmet(group("client"), pinned("requirements-client.lock")) == []
    assert unmet(group("build") + project()["build-system"]["requires"], pinned("requirements-build.lock")) == []


def test_a_requirement_that_a_lock_misses_is_caught() -> None:
    assert unmet(["alembic>=1.20"], {("alembic", "1.19.0")}) == ["alembic>=1.20"]
    assert unmet(["alembic>=1.20"], {("asyncpg", "0.32.0")}) == ["alembic>=1.20"]


def test_a_package_has_the_same_version_in_every_lock() -> None:
    everything = pinned("requirements-dev.lock")
    apart = {"requirements-client.lock"}  # what generates the client has an environment of its own
    for path in ROOT.glob(locks.PYTHON_LOCKS):
        assert path.name in apart or pinned(path.name) <= everything, path.name


GOOD_LOCK = "alembic==1.2 \\\n    --hash=sha256:" + "0" * 64 + "\n    # via huixiang\n"


def test_the_lock_files_are_pinned_hashed_and_name_no_host() -> None:
    assert locks.main() == 0


def test_a_sound_lock_passes() -> None:
    assert (
        locks.python_lock_faults("a.lock", GOOD_LOCK + GOOD_LOCK.replace("==1.2", "==1.3 ; python_version < '3.12'"))
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://example.invalid/simple\n" + GOOD_LOCK,
        GOOD_LOCK.replace("alembic==1.2", "alembic @ https://example.invalid/alembic.whl"),
        GOOD_LOCK.replace("==1.2", ">=1.2"),
        "alembic==1.2\n",
        "alembic==1.2 \\\n" + GOOD_LOCK,
    ],
)
def test_a_lock_that_is_loose_or_names_a_host_is_caught(text: str) -> None:
    assert locks.python_lock_faults("a.lock", text) != []


def test_an_npm_lock_that_names_a_host_is_caught() -> None:
    assert locks.npm_lock_faults("package-lock.json", '"resolved": "https://example.invalid/vue.tgz"') != []
    assert locks.npm_lock_faults("package-lock.json", '"resolved": "console", "link": true') == []
