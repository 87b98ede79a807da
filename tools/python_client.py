"""Write clients/python/huixiang_client: the typed client for calling systems, generated from the API document.

python -m tools.python_client            write it; `make docs` puts the generator in place before
python -m tools.python_client --check    exit 1 where it was made of another document, or is not what was written

The generator (openapi-python-client) has an environment of its own, .venv/client: it needs other versions of what the
program uses. What it made is known by digests in clients/python/generated.json, so that the check needs no generator.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from huixiang.entry.http import openapi_document

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "clients" / "python"
PACKAGE = CLIENT / "huixiang_client"
DIGESTS = CLIENT / "generated.json"
GENERATOR = ROOT / ".venv" / "client" / "bin"
OF_SYSTEMS = "/api/v1/"
# What the generator takes these for: it reads problem documents as JSON, and sends rows of NDJSON as they are.
CONFIG = {
    "content_type_overrides": {
        "application/problem+json": "application/json",
        "application/x-ndjson": "application/octet-stream",
    }
}


def document() -> dict[str, Any]:
    """The routes of systems, and what the generator needs of them: neither examples nor constants, which it does not
    read."""
    whole = json.loads(json.dumps(openapi_document()))
    whole["paths"] = {path: item for path, item in whole["paths"].items() if path.startswith(OF_SYSTEMS)}
    reached = _reached(whole["paths"], whole["components"])
    whole["components"]["schemas"] = {
        name: one for name, one in whole["components"]["schemas"].items() if f"schemas/{name}" in reached
    }
    for item in whole["paths"].values():
        for operation in item.values():
            if rows := operation.get("requestBody", {}).get("content", {}).get("application/x-ndjson"):
                rows["schema"] = {"type": "string", "format": "binary"}
    plain: dict[str, Any] = _plain(whole)
    return plain


def _reached(paths: Any, components: dict[str, Any]) -> set[str]:
    pending, found = [paths], set[str]()
    while pending:
        one = pending.pop()
        pending += one if isinstance(one, list) else one.values() if isinstance(one, dict) else []
        reference = one.get("$ref") if isinstance(one, dict) else None
        if isinstance(reference, str) and (name := reference.removeprefix("#/components/")) not in found:
            found.add(name)
            kind, _, rest = name.partition("/")
            pending.append(components[kind][rest])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("enum") in ([True], [False]):
        return {"type": "boolean"}
    return {key: _plain(one) for key, one in value.items() if key not in ("example", "examples") or one == {}}


def digests() -> dict[str, Any]:
    """Of the document as it is now, and of the files as they are."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {
        "document": sha256(json.dumps(document(), sort_keys=True).encode()).hexdigest(),
        "files": {str(path.relative_to(CLIENT)): sha256(path.read_bytes()).hexdigest()[:16] for path in files},
    }


def generate() -> None:
    with tempfile.TemporaryDirectory() as name:
        source, config, made = Path(name) / "openapi.json", Path(name) / "config.json", Path(name) / "huixiang_client"
        source.write_text(json.dumps(document()))
        config.write_text(json.dumps(CONFIG))
        options = ("--path", str(source), "--config", str(config), "--meta", "none", "--output-path", str(made))
        # The generator formats what it writes with the ruff beside it.
        environment = os.environ | {"PATH": f"{GENERATOR}{os.pathsep}{os.environ['PATH']}"}
        command = [str(GENERATOR / "openapi-python-client"), "generate", "--fail-on-warning", *options]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own generator
        shutil.rmtree(made / ".ruff_cache", ignore_errors=True)
        (made / "py.typed").touch()
        shutil.rmtree(PACKAGE, ignore_errors=True)
        shutil.copytree(made, PACKAGE)
    DIGESTS.write_text(json.dumps(digests(), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        if not DIGESTS.exists() or json.loads(DIGESTS.read_text(encoding="utf-8")) != digests():
            print("clients/python is not what the API document gives: make docs", file=sys.stderr)
            return 1
        return 0
    generate()
    print(f"wrote {PACKAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
