"""The rulebook in the database: `documents`, `drafts`, `switches`."""
