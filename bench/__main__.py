"""Every measurement one after the other, in processes of their own: ``make bench``, or ``python -m bench [--quick]``.

``--quick`` measures the same things on less: for a look in two minutes, not for figures.
"""

import argparse
import subprocess
import sys

from engine.kit.config import ROOT

PARTS: dict[str, list[str]] = {
    "process_steps": [],
    "acts": ["--cases", "4"],
    "peak": ["--seconds", "15"],
    "lists": ["--cases", "50000"],
    "recalculation": ["--cases", "2000"],
    "migration": ["--cases", "500"],
    "replay": ["--cases", "500"],
    "messages": ["--letters", "500"],
    "board": ["--cases", "50000"],
    "watching": ["--finished", "20000", "--open", "4000"],
    "memory": ["--acts", "500", "--rows", "5000"],
}
"""The modules of this folder, and how each is asked for less."""


def main() -> int:
    """Run all; how many of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    is_quick = parser.parse_args().quick
    failed = 0
    for name, less in PARTS.items():
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-W", "ignore", "-m", f"bench.{name}", *(less if is_quick else [])]
        failed += subprocess.run(command, cwd=ROOT, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
