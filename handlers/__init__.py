"""One file per thing a person can do: plain functions `respond(context) -> list[Message]`.

They know no channel and no database: they take small stores and give back messages.
"""
