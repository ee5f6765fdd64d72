"""Pages for clients: small, without a sign-in, and with nothing on them that tells."""
