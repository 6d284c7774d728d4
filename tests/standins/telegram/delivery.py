"""getUpdates and the webhook's settings: who may have the updates, and what counts as an acknowledgement."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.standins.telegram.journal import Journal
from tests.standins.telegram.queue import UpdateQueue, Waiting
from tests.standins.telegram.refusals import Json, RefusedError, bad_request
from tests.standins.telegram.updates import DEFAULT_KINDS_EXCLUDE

MAX_BATCH = 100
MAX_LONG_POLL_SECONDS = 50.0
DEFAULT_CONNECTIONS = 40
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_ON = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(frozen=True)
class Webhook:
    """Where updates go; `secret` empty means that no header is sent."""

    url: str
    secret: str = ""
    max_connections: int = DEFAULT_CONNECTIONS


class Delivery:
    """The queue with its two ways out; `on_webhook` is called whenever the webhook or the queue has changed."""

    def __init__(self, journal: Journal, on_change: Callable[[], None]) -> None:
        self.queue = UpdateQueue()
        self.webhook: Webhook | None = None
        self.last_error: tuple[int, str] | None = None
        self._journal = journal
        self._on_change = on_change
        self._allowed: frozenset[str] = frozenset()
        self._poller: asyncio.Future[None] | None = None

    @property
    def polled(self) -> bool:
        """True while a getUpdates waits."""
        return self._poller is not None and not self._poller.done()

    def allows(self, update: Json) -> bool:
        """True when the bot has asked for this kind of update."""
        kind = next(name for name in update if name != "update_id")
        return kind in self._allowed if self._allowed else kind not in DEFAULT_KINDS_EXCLUDE

    def add(self, update: Json, chat_id: int, *, repeated: bool = False) -> None:
        """Queue an update and wake whoever delivers."""
        self.queue.add(update, chat_id, repeated=repeated)
        if self._poller and not self._poller.done():
            self._poller.set_result(None)
        self._on_change()

    def acknowledge(self, waiting: Waiting, how: str) -> None:
        """Write the acknowledgement down and forget the update."""
        if waiting in self.queue:
            self.queue.remove(waiting)
            self._journal.write("ack", update_id=waiting.update_id, how=how)

    def handed_out(self, waiting: Waiting, how: str) -> None:
        """Write one delivery down."""
        waiting.deliveries += 1
        self._journal.write("delivery", update_id=waiting.update_id, how=how, attempt=waiting.deliveries)

    async def get_updates(self, params: Json) -> list[Json]:
        """getUpdates: acknowledges below the offset, waits at most `timeout` s; a newer poller ends an older one."""
        if self.webhook:
            raise RefusedError(409, _WEBHOOK_ON)
        self._remember_kinds(params)
        self._confirm(int(params.get("offset") or 0))
        self._end_poller(_OTHER_POLLER)
        limit = min(max(int(params.get("limit") or MAX_BATCH), 1), MAX_BATCH)
        timeout = min(max(float(params.get("timeout") or 0), 0.0), MAX_LONG_POLL_SECONDS)
        if timeout and not len(self.queue):
            await self._wait(timeout)
        batch = self.queue.batch(limit)
        for waiting in batch:
            self.handed_out(waiting, "polling")
        return [waiting.update for waiting in batch]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            kept = self.queue.last(-offset)
            gone = [waiting for waiting in self.queue if waiting not in kept]
        else:
            gone = self.queue.below(offset) if offset else []
        for waiting in gone:
            self.acknowledge(waiting, "polling")

    async def _wait(self, seconds: float) -> None:
        self._poller = mine = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(mine, seconds)
        except TimeoutError:
            pass
        finally:
            if self._poller is mine:
                self._poller = None

    def _end_poller(self, why: str) -> None:
        if self._poller and not self._poller.done():
            self._poller.set_exception(RefusedError(409, why))
        self._poller = None

    def _remember_kinds(self, params: Json) -> None:
        kinds = params.get("allowed_updates")
        if isinstance(kinds, list):
            self._allowed = frozenset(str(kind) for kind in kinds)

    def set_webhook(self, params: Json) -> bool:
        """setWebhook; plain http is allowed here because the stand-in lives on loopback."""
        url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
        if not url:
            return self.delete_webhook(params)
        if not re.match(r"https?://[^/\s]+", url):
            raise bad_request("bad webhook: invalid webhook URL specified")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        connections = int(params.get("max_connections") or DEFAULT_CONNECTIONS)
        if not 1 <= connections <= 100:
            raise bad_request("max_connections must be between 1 and 100")
        self._remember_kinds(params)
        self._drop_pending(params)
        self.webhook = Webhook(url, secret, connections)
        self._end_poller("Conflict: terminated by setWebhook request")
        self._on_change()
        return True

    def delete_webhook(self, params: Json) -> bool:
        """deleteWebhook; pending updates stay unless drop_pending_updates is set."""
        self._drop_pending(params)
        self.webhook = None
        self._on_change()
        return True

    def _drop_pending(self, params: Json) -> None:
        if params.get("drop_pending_updates") in (True, "true", "True", "1", 1):
            for waiting in self.queue:
                self.queue.remove(waiting)
                self._journal.write("dropped", update_id=waiting.update_id, why="drop_pending_updates")

    def get_webhook_info(self, params: Json) -> Json:
        """getWebhookInfo."""
        info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.queue)}
        if self._allowed:
            info["allowed_updates"] = sorted(self._allowed)
        if self.webhook:
            info |= {"url": self.webhook.url, "max_connections": self.webhook.max_connections}
            if self.last_error:
                info |= {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]}
        return info

    def close(self) -> None:
        """End a waiting poller."""
        self._end_poller("Conflict: the stand-in is stopping")
