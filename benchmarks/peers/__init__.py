"""Bots by the book, in other people's frameworks, that do the same work as ours; each is a program of its own.

They import nothing of the bot's. What they share stands in `form.py` (questions, tables) and `given.py` (settings).
"""
