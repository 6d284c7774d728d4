"""Measurements of the real programs over real HTTP on loopback: `python -m benchmarks`.

Nothing here is a test, nothing here imports the bot: programs are started by their command line and watched from
outside.
"""
