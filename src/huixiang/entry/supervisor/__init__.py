"""`huixiang serve`: one process without an event loop that starts, watches and stops everything else."""
