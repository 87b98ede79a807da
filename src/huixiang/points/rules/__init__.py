"""Decisions of the ledger: `ledger` (what a command does to an account), `earning` (what an order earns), `canonical`
(the bytes a posting's hash covers), `verification` (what must hold of a journal). All pure."""
