"""The quote engine: the cheapest combination that the rules of a programme allow, and why."""
