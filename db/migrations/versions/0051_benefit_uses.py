"""benefit uses"""

from alembic import op

from huixiang.platform.migrations import before, run_file

revision = "0051_benefit_uses"
down_revision = before(revision)


def upgrade() -> None:
    # A statement that waits for a lock makes everybody queue behind it: give up early, and try again at a quiet hour.
    run_file(op, revision, lock_timeout="5s", statement_timeout="10min")
