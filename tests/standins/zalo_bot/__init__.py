"""A stand-in for the Zalo Bot Platform: built from documents, not from the wire.

The documents were read second-hand. Where they are silent this stand-in takes the harder reading: 2,000 characters are
UTF-16 units, an unknown field or a wrong type is refused with 400, an event whose webhook call fails does not come
again, a poller that hangs up loses what was being given to it. Differences that are meant: plain http webhooks on
loopback.
"""

from tests.standins.zalo_bot.faults import Fault
from tests.standins.zalo_bot.standin import SECRET_HEADER, TOKEN, ZaloBotStandin

__all__ = ["SECRET_HEADER", "TOKEN", "Fault", "ZaloBotStandin"]
