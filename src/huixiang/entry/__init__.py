"""The program: HTTP application, worker, supervisor and commands. The only place that wires modules together."""
