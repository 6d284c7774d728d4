"""Bots by the book, in other people's frameworks, that do the same work as ours."""
