"""The benchmark's driver measures a real bot, and its tables land where they belong."""

import asyncio
import sys
from pathlib import Path

import pytest

from benchmarks.bots import TAPS, BotProgram, NotConnectedError
from benchmarks.form import QUESTIONS
from benchmarks.peers.programs import BARE, PTB, PTB_POLLING
from benchmarks.tables import replace_section, table
from benchmarks.telegram_load import run_round
from benchmarks.ways import StuckError


@pytest.mark.parametrize("program", [PTB, PTB_POLLING, BARE], ids=lambda one: f"{one.name}-{one.polling}")
async def test_a_round_counts_every_update_and_every_answer(program: BotProgram, tmp_path: Path) -> None:
    done = await run_round(program, tmp_path, citizens=2, seed=1)
    assert done.updates == done.durable == 2 * (TAPS + 1) == len(done.acks) == len(done.screens)
    assert done.answered == 2 * TAPS
    assert done.cpu_per_update > 0
    assert done.peak_mib > 10


REPLYING = """
import http.server, json, sys, urllib.request
port, api, kept = int(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a")

class Hook(http.server.BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", 65536
    def log_message(self, *words): pass
    def do_POST(self):
        update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(update["update_id"], file=kept, flush=True)
        markup = {"inline_keyboard": [[{"text": "a", "callback_data": str(update["update_id"])}]]}
        reply = {"method": "sendMessage", "text": "x", "reply_markup": markup}
        if query := update.get("callback_query"):
            bubble = query["message"]
            reply |= {"method": "editMessageText", "chat_id": bubble["chat"]["id"], "message_id": bubble["message_id"]}
        else:
            reply["chat_id"] = update["message"]["chat"]["id"]
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Hook)
urllib.request.urlopen(f"{api}/bot1:T/setWebhook?url=https://x.vn/hook&max_connections=2").read()
server.serve_forever()
"""


async def test_a_bot_may_answer_in_the_webhook_itself(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    replying = BotProgram(
        name="replying",
        prepare=lambda place: "",
        command=lambda place: [sys.executable, "-c", REPLYING, str(place.port), place.api, str(kept)],
        environment=lambda place: {},
        choose=lambda buttons, tap, rng: buttons[0],
        durable=lambda folder: len(set(kept.read_text(encoding="utf-8").split())),
    )
    done = await run_round(replying, tmp_path, citizens=3, seed=1)
    assert done.updates == done.durable == 3 * (TAPS + 1)
    assert done.answered == 0


async def test_a_bot_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    dying = BotProgram(
        name="dying",
        prepare=lambda place: "",
        command=lambda place: ["sh", "-c", "echo cannot; exit 1"],
        environment=lambda place: {},
        choose=lambda buttons, tap, rng: buttons[0],
        durable=lambda folder: 0,
    )
    with pytest.raises(StuckError, match="cannot"):
        await run_round(dying, tmp_path, citizens=1, seed=1)


async def test_a_bot_that_is_not_connected_starts_nothing(tmp_path: Path) -> None:
    def prepare(place: object) -> str:
        raise NotConnectedError("not yet")

    absent = BotProgram("absent", prepare, PTB.command, PTB.environment, PTB.choose, PTB.durable)
    with pytest.raises(NotConnectedError, match="not yet"):
        await asyncio.wait_for(run_round(absent, tmp_path, citizens=1, seed=1), 10)


def test_our_form_makes_24_taps() -> None:
    assert QUESTIONS + 2 == TAPS


def test_a_section_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "performance.md"
    replace_section(path, "one")
    path.write_text(path.read_text(encoding="utf-8") + "after\n", encoding="utf-8")
    replace_section(path, table(["bot", "ms"], [["ours", "0.4"]]))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Performance\n")
    assert text.endswith(
        "<!-- benchmarks:begin -->\n| bot | ms |\n| --- | ---: |\n| ours | 0.4 |\n<!-- benchmarks:end -->\nafter\n"
    )
    assert "one" not in text
