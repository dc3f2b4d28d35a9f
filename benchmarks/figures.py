"""What a benchmark found last, as one sentence a line: written by each with `--output`, read by the README's table."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "figures"


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, help="a file for the figures as JSON, for the README's table of promises"
    )


def keep(output: Path | None, lines: dict[str, str]) -> None:
    """Writes the day and a sentence for each line, if a file was named."""
    if output is None:
        return
    told = {"measured": datetime.now(UTC).date().isoformat(), "lines": lines}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
