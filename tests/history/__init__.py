"""The history test: what many callers were told, held against what is there in the end.

Over HTTP, callers book, move and call off at random in a practice that is tiny and hot,
while PostgreSQL is killed and comes back. Every request and every answer is recorded
(`calls`), and `checker` compares them with each other and with the rows. What protects
the calendar is then taken away (`sabotage`), one thing at a time: a test that does not
notice proves nothing.

`make test` runs it for a minute, `make history` at length.
"""
