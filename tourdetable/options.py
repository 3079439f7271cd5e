"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    str,
    typer.Option(
        "--data",
        metavar="DIR|URL",
        help="Folder of the dataset, or s3://bucket/prefix, gs://…, abfs://…",
        envvar="TOURDETABLE_DATA",
    ),
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        help="For a dataset under a URL: where this machine keeps what it knows of it; else TOURDETABLE_STATE, "
        "else your own state folder.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, as is done when the output is piped.")]
