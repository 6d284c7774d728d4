"""Small servers that play an outside service, and scripted people who use a bot through them.

Everything here is written from the service's documentation and imports nothing from bot/, handlers/, survey/ or
scoring/, so that it can disagree with them.
"""
