"""What Prometheus reads: plain numbers that the program keeps anyway, put into its text form only when it asks.

Nothing here is about an office or a person. How many responses there are is said in whole tens and for days that are
over: a count that rises by one would tell when somebody sent hers. A kiosk counts as web: where there is only one, its
channel would name its office.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.app import App
from bot.backup import last_backup
from bot.core import Lines
from bot.schedule import SYSTEM
from bot.storage.queries import SQL
from bot.tally import Spread

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
TENS = 10
STATES = ("queued", "sending", "unknown", "failed")
DISPOSITIONS = ("complete", "partial")
AS_WEB = "kiosk"


@dataclass(frozen=True)
class Stored:
    """What only the database knows; instants in Unix milliseconds."""

    posts: Mapping[str, int]
    oldest_queued: int | None
    lost_summaries: int
    responses: Mapping[str, int]
    zalo_oa: tuple[int, bool] | None
    """When the tokens of the Zalo Official Account were refreshed, and whether only a person can get others."""


@dataclass(frozen=True)
class Metrics:
    """`sends` is how many posts on a channel ended how (`Outbox.ended`)."""

    app: App
    sends: Counter[tuple[str, str]]
    _process: CollectorRegistry = field(default_factory=lambda: CollectorRegistry(auto_describe=False))

    def __post_init__(self) -> None:
        ProcessCollector(registry=self._process)

    async def text(self) -> bytes:
        """Everything in Prometheus's text form. A database that cannot be read leaves out what it would have said."""
        try:
            stored = await self.app.readers.do(self._look)
        except sqlite3.Error:
            stored = None
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Given(self._families(stored)))
        return generate_latest(registry) + generate_latest(self._process)

    def _look(self, connection: sqlite3.Connection) -> Stored:
        context = self.app.core.context(connection, SYSTEM, audit=Lines())
        posts = {state: (count, oldest) for state, count, oldest in SQL.waiting_posts(connection)}
        root = context.stores.units.tree().root(context.today)
        rows = SQL.responses_before(
            connection,
            province_id=context.province.id,
            unit_id=root.id if root else "",
            today=context.today.isoformat(),
            month=context.today.isoformat()[:7],
        )
        return Stored(
            posts={state: posts.get(state, (0, None))[0] for state in STATES},
            oldest_queued=posts.get("queued", (0, None))[1],
            lost_summaries=SQL.lost_summaries(connection),
            responses={disposition: count // TENS * TENS for disposition, count in rows},
            zalo_oa=self._zalo_oa(connection),
        )

    def _zalo_oa(self, connection: sqlite3.Connection) -> tuple[int, bool] | None:
        app_id = self.app.core.settings.zalo_oa_app_id
        row = SQL.get_zalo_oa_tokens(connection, app_id=app_id) if app_id else None
        return (row[1], row[3] is not None) if row else None

    def _families(self, stored: Stored | None) -> Iterator[Metric]:
        yield from self._of_turns()
        yield from self._of_files()
        if stored is not None:
            yield from self._of_database(stored)

    def _of_turns(self) -> Iterator[Metric]:
        app = self.app
        yield _counter("sipas_updates", "Events that people caused, by how they ended.", app.taken)
        yield _counter("sipas_sends", "Messages of the outbox, by how their sending ended.", self.sends)
        yield _gauge("sipas_writer_waiting_jobs", "Jobs that wait for the writer.", app.writer.waiting)
        yield _gauge("sipas_writer_healthy", "1 while the last batch could be stored.", app.writer.healthy)
        yield _histogram("sipas_writer_batch_jobs", "Jobs of one commit.", app.writer.batch_sizes)
        yield _histogram("sipas_writer_commit_seconds", "How long commits take.", app.writer.commit_seconds)
        yield _histogram("sipas_reader_seconds", "How long reading commands take.", app.readers.seconds)
        yield _gauge("sipas_tick_age_seconds", "Since a minute's tick last succeeded.", app.tick_age())

    def _of_files(self) -> Iterator[Metric]:
        path = self.app.readers.path
        family = GaugeMetricFamily("sipas_database_bytes", "Size of the files.", labels=["file"])
        for name, file in (("database", path), ("wal", path.with_name(path.name + "-wal"))):
            family.add_metric([name], file.stat().st_size if file.exists() else 0)
        yield family
        if made := last_backup(path):
            age = (self.app.core.clock() - made.at).total_seconds()
            yield _gauge("sipas_backup_age_seconds", "Since the last backup of this machine.", age)

    def _of_database(self, stored: Stored) -> Iterator[Metric]:
        now = self.app.core.clock().timestamp()
        yield _labelled("sipas_outbox_posts", "Messages that are not sent, by state.", "state", stored.posts)
        yield _gauge(
            "sipas_outbox_oldest_seconds", "Age of the oldest queued message.", _age(now, stored.oldest_queued)
        )
        yield _gauge(
            "sipas_summaries_undelivered", "Summaries that reached no account of their reader.", stored.lost_summaries
        )
        if stored.zalo_oa is not None:
            refreshed_at, broken = stored.zalo_oa
            yield _gauge("sipas_zalo_oa_token_age_seconds", "Since tokens were refreshed.", _age(now, refreshed_at))
            yield _gauge("sipas_zalo_oa_consent_needed", "1 when a person must consent again.", broken)
        counts = {one: stored.responses.get(one, 0) for one in DISPOSITIONS}
        yield _labelled("sipas_responses", "Responses of days that are over, in whole tens.", "disposition", counts)


class _Given(Collector):
    """Hands over what was worked out for this one reading."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _age(now: float, at_ms: int | None) -> float:
    return max(0.0, now - at_ms / 1000) if at_ms is not None else 0.0


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _labelled(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(name: str, about: str, counts: Counter[tuple[str, str]]) -> Metric:
    family = CounterMetricFamily(name, about, labels=["channel", "outcome"])
    merged: Counter[tuple[str, str]] = Counter()
    for (channel, outcome), count in counts.items():
        merged["web" if channel == AS_WEB else channel, outcome] += count
    for key, count in sorted(merged.items()):
        family.add_metric(list(key), count)
    return family


def _histogram(name: str, about: str, spread: Spread) -> Metric:
    buckets: list[tuple[str, float]] = []
    below = 0
    for bound, count in zip((*spread.bounds, float("inf")), list(spread.counts), strict=True):
        below += count
        buckets.append(("+Inf" if bound == float("inf") else str(float(bound)), below))
    return HistogramMetricFamily(name, about, buckets=buckets, sum_value=spread.total)
