"""`python -m benchmarks [--only search ...] [--sizes 24 500 ...] [--history N]`.

Everything in the default sizes takes less than ten minutes, most of which goes into
making the data. It is made anew for each run, around the day of the run.
"""

import argparse
import sys

import django

from benchmarks import server

NAMES = (
    "search",
    "matching",
    "booking",
    "diaries",
    "lists",
    "messages",
    "waitlist",
    "board",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument(
        "--sizes", nargs="+", type=int, default=[24, 500, 5000], help="of therapists"
    )
    parser.add_argument("--history", type=int, default=1_000_000, help="of sessions")
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    with server.services():
        django.setup()
        # What follows needs Django's settings, and those need the services.
        from benchmarks import suite  # noqa: PLC0415
        from benchmarks.bench import Bench  # noqa: PLC0415

        bench = Bench(options.sizes, options.history, options.rounds)
        for line in suite.run(options.only, bench):
            print(line, flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
