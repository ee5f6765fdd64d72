"""The checks, by subject; `checker` puts them together."""
