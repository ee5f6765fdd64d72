"""The hard part in plain Python: instants are epoch seconds, ids opaque strings."""
