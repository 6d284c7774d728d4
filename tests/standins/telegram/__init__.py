"""A stand-in for Telegram's Bot API, built from the Bot API's documentation, not from the wire.

Where the documentation is silent (the words of some refusals, the window of a callback query, a second answer to one
query) the choice is named in the code. Differences that are meant: plain http webhooks on loopback, HTML as the only
parse_mode.
"""

from tests.standins.telegram import updates
from tests.standins.telegram.courier import SECRET_HEADER, Patience
from tests.standins.telegram.faults import Fault
from tests.standins.telegram.standin import TOKEN, TelegramStandin
from tests.standins.telegram.thread import ThreadedStandin, in_thread

__all__ = ["SECRET_HEADER", "TOKEN", "Fault", "Patience", "TelegramStandin", "ThreadedStandin", "in_thread", "updates"]
