"""A stand-in for Zalo's OA API, its oauth server and its webhook calls: built from documents, not from the wire.

Nobody has compared it with the real service. Where the documents are silent the choice is named in the code; it is the
one that is harder on a client. Differences that are meant: plain http on loopback, pauses between retries in fractions.
"""

from tests.standins.zalo_oa.courier import RETRIES, Patience, signed
from tests.standins.zalo_oa.faults import Fault
from tests.standins.zalo_oa.standin import ZaloOaStandin

__all__ = ["RETRIES", "Fault", "Patience", "ZaloOaStandin", "signed"]
