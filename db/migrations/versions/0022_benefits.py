"""benefits"""

from alembic import op

from huixiang.platform.migrations import run_file

revision = "0022_benefits"
down_revision = "0021_plans"


def upgrade() -> None:
    # A statement that waits for a lock makes everybody queue behind it: give up early, and try again at a quiet hour.
    run_file(op, revision, lock_timeout="5s", statement_timeout="10min")
