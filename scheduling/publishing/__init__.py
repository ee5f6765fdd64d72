"""What the practice's website and slot finders may know: who offers what where, and
what somebody new could book.

Nothing here is about a client, and nothing about a therapist who left. What is taken
does not show, only what is free.
"""
