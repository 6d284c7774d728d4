"""Measurements of the real programs over real HTTP on loopback: `python -m benchmarks`.

Nothing here is a test. Programs are started by their command line and watched from outside; only what fills a database
beforehand (`filled`, in a process of its own) imports the bot.
"""
