"""What two kinds of structs have in common."""

from __future__ import annotations

from typing import Any

import msgspec


def alike(one: msgspec.Struct, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields of a struct that another kind has under the same names, to make one of that kind."""
    return {name: getattr(one, name) for name in one.__struct_fields__ if name in kind.__struct_fields__}
