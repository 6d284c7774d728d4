"""`python -m tests.standins.telegram --port N --token T --log FILE`: the stand-in as its own process."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from tests.standins.telegram.standin import TOKEN, TelegramStandin

MAX_HOURS = 12.0


async def serve(port: int, token: str, log: Path | None, hours: float) -> None:
    """Serve until SIGTERM, SIGINT, POST /control/stop, or the hours are over."""
    async with TelegramStandin(token, port=port, log=log) as standin:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, standin.stopped.set)
        sys.stdout.write(f"Bot API stand-in (from the documentation) at {standin.url}\n")
        sys.stdout.flush()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(standin.stopped.wait(), hours * 3600)


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.standins.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--hours", type=float, default=MAX_HOURS)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.token, options.log, options.hours))


if __name__ == "__main__":
    main()
