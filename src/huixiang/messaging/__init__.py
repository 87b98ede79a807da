"""One rendered message to one address through a channel's provider, with evidence of what became of it; the inbox."""
