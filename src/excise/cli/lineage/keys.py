"""``excise lineage keys``: does a watermark's key stand out among fresh keys in what the suspect says?"""

from pathlib import Path
from typing import Any

import click

from excise.cli.lineage._running import FILE_THERE, Options, Read, carry_out, prompts, running
from excise.lineage.methods import Given
from excise.lineage.protocol import Input


@click.command(name="keys")
@click.option("--key-file", type=FILE_THERE, required=True, help="The key that marked the served replies.")
@click.option("--prompts", "questions", type=FILE_THERE, required=True, help="What to ask, as JSON lines.")
@running
def command(*, key_file: Path, questions: Path, **options: Any) -> None:  # noqa: ANN401 - see Options
    """Test whether a suspect was trained on replies that carry the watermark of a key.

    A key of its own for each campaign tells whose harvest it was.
    """
    asked, described = prompts(questions)
    key = Input.of("key", key_file, 1)
    carry_out("keys", Read(Given(prompts=asked, key_file=key_file), (key, described)), Options(**options))
