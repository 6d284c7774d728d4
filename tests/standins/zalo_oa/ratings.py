"""ZBS rating templates: sent to a number, answered with stars, told by an event and given out by `rating/get`.

Chosen here, because the documents differ: `rating/get` takes GET only, and writes `msgId` where the event has `msg_id`.
"""

import re
from dataclasses import dataclass, field

from tests.standins.zalo_oa.refusals import Json, RefusedError, bad

NO_ACCOUNT, NOT_APPROVED, REFUSED, DAY_QUOTA = -118, -131, -139, -144
_PHONE = re.compile(r"84[35789][0-9]{8}")


@dataclass
class Ratings:
    """`templates`: the fields of each approved one. `refusing` and `unknown` are numbers."""

    templates: dict[str, set[str]] = field(default_factory=lambda: {"7895417": {"ma_ho_so", "ten_thu_tuc"}})
    quota: int = 500
    refusing: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    sent: dict[str, Json] = field(default_factory=dict)
    answers: list[Json] = field(default_factory=list)

    def send(self, body: object) -> Json:
        """POST /message/template. Raises RefusedError."""
        if not isinstance(body, dict) or set(body) != {"phone", "template_id", "template_data", "tracking_id"}:
            raise bad("fields are missing or not known")
        if not isinstance(body["phone"], str) or not _PHONE.fullmatch(body["phone"]):
            raise bad("phone is invalid")
        fields = self.templates.get(body["template_id"])
        if fields is None:
            raise RefusedError(NOT_APPROVED, "Template is not approved")
        if not isinstance(body["template_data"], dict) or set(body["template_data"]) != fields:
            raise bad("template_data is invalid")
        if not isinstance(body["tracking_id"], str) or not 1 <= len(body["tracking_id"]) <= 48:
            raise bad("tracking_id is invalid")
        for numbers, code in ((self.unknown, NO_ACCOUNT), (self.refusing, REFUSED)):
            if body["phone"] in numbers:
                raise RefusedError(code, "This number cannot be reached")
        if self.quota <= 0:
            raise RefusedError(DAY_QUOTA, "Out of daily quota")
        self.quota -= 1
        msg_id = f"zbs{len(self.sent):06}"
        self.sent[msg_id] = body
        left = {"dailyQuota": "500", "remainingQuota": str(self.quota)}
        return {"error": 0, "message": "Success", "data": {"msg_id": msg_id, "sent_time": "0", "quota": left}}

    def rate(self, msg_id: str, stars: int, note: str, reasons: list[str], at: int) -> Json:
        """She answers; the event, which bears no person."""
        tracking_id = self.sent[msg_id]["tracking_id"]
        row = {"rate": stars, "note": note, "feedbacks": reasons}
        self.answers.append({**row, "msgId": msg_id, "trackingId": tracking_id, "submitDate": str(at)})
        said = {**row, "msg_id": msg_id, "tracking_id": tracking_id, "submit_time": str(at)}
        return {"event_name": "user_feedback", "message": {"rating_type": "csat", "option": "five_emotions", **said}}

    def pull(self, query: Json) -> Json:
        """GET /rating/get. Raises RefusedError."""
        if set(query) != {"template_id", "from_time", "to_time", "offset", "limit"}:
            raise bad("parameters are missing or not known")
        first, last, offset, limit = (int(query[name]) for name in ("from_time", "to_time", "offset", "limit"))
        found = [
            row
            for row in self.answers
            if first <= int(row["submitDate"]) <= last
            and self.sent[row["msgId"]]["template_id"] == query["template_id"]
        ]
        return {"error": 0, "message": "Success", "data": {"total": len(found), "data": found[offset : offset + limit]}}
