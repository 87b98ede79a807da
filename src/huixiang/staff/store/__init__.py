"""SQL of staff: keys, accounts, failed sign-ins and sessions, audit."""
