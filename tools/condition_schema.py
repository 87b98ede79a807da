"""Write docs/api/condition.schema.json: the JSON that conditions are written in, from their types.

python -m tools.condition_schema            write the file
python -m tools.condition_schema --check    exit 1 where the file is not what it would write
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from huixiang.conditions.model import Condition

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api" / "condition.schema.json"


def rendered() -> str:
    """The schema as its file has it."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Condition",
        **msgspec.json.schema(Condition),
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == rendered() else 1
    PAGE.write_text(rendered(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
