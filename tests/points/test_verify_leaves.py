"""A day's tree made of columns is the tree made leaf by leaf."""

from __future__ import annotations

from random import Random
from struct import Struct
from uuid import UUID

import numpy as np
import pytest

from huixiang.points.rules.merkle import BRANCH_LEAVES, LEAF_BYTES, leaf_digest, tree_digest
from huixiang.points.service.roots import Leaves

CHANGED = Struct(">16sHq32s")


@pytest.mark.requirement("PTS-15")
@pytest.mark.parametrize(
    "count", [0, 1, BRANCH_LEAVES - 1, BRANCH_LEAVES, BRANCH_LEAVES + 1, 3 * BRANCH_LEAVES, 1000]
)  # fmt: skip
def test_a_tree_in_columns_is_the_tree_leaf_by_leaf(count: int) -> None:
    draw = Random(count)
    changed = [(draw.randbytes(16), draw.randrange(1, 300), draw.randrange(1, 1 << 40), draw.randbytes(32))
               for _ in range(count)]  # fmt: skip
    rows = np.frombuffer(b"".join(CHANGED.pack(*one) for one in changed), np.uint8).reshape(-1, LEAF_BYTES)
    leaves = Leaves()
    while len(rows):
        some = draw.randint(1, 300)  # as the server's chunks come
        leaves.add(rows[:some])
        rows = rows[some:]
    leaves.end()
    digests = [leaf_digest(*one) for one in changed]
    assert (leaves.count, leaves.digest) == (count, tree_digest(digests))
    for number, branch in enumerate(leaves.branches):
        first = number * BRANCH_LEAVES
        assert (branch.number, branch.digest) == (number, tree_digest(digests[first : first + BRANCH_LEAVES]))
        assert (branch.first_member, branch.first_book) == (UUID(bytes=changed[first][0]), changed[first][1])
    assert len(leaves.branches) == -(-count // BRANCH_LEAVES)
