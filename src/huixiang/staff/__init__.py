"""Who is let in beside members: system keys, console users, roles, sessions, and the audit log."""
