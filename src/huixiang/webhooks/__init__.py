"""Events told to programs outside: signed, in order per member, tried again, replayed."""
