"""What is measured, by subject. Each `run` serves the practices it needs."""
