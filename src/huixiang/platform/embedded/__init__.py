"""Real servers out of wheels: PostgreSQL and Valkey, started, watched and stopped by the program itself.

Both listen on Unix sockets in a directory that only their user may enter, never on TCP. When root starts them they run
as an unprivileged user. They die with the process that started them.
"""
