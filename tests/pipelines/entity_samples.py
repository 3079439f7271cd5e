"""Small datasets to find entities in: texts, and the names that the extraction would have found in them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.places import Folder
from pipelines.schema import schema_of


def dataset(folder: Path, *articles: tuple[str, dict[str, str]], withheld: bool = False) -> Folder:
    """Store articles, each a text (its first line the title) with its names and their labels, one a day."""
    rows: dict[str, list[dict[str, Any]]] = {"articles": [], "mentions": []}
    for number, (text, names) in enumerate(articles):
        id_, moment = f"{number:016x}", datetime(2026, 1, 1 + number, tzinfo=UTC)
        title, _, body = text.partition("\n")
        body = "" if withheld else body
        rows["articles"].append({"article_id": id_, "title": title, "text": body, "published_at": moment})
        longest = sorted(names, key=len, reverse=True)
        for match in re.finditer(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", text) if names else ():
            name, label = match[0], names[match[0]]
            rows["mentions"].append(
                {"article_id": id_, "label": label, "text": name, "name": name, "published_at": moment}
                | {"start": match.start(), "end": match.end()}
            )
    for table, found in rows.items():
        part = folder / table / "month=2026-01" / "20260101T000000-000000000000.parquet"
        part.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(found, schema=schema_of(table)), part)
    return Folder(folder)


def deals(*rows: dict[str, Any]) -> pa.Table:
    """Give a table of deals; investors are pairs of a name and whether it leads."""
    filled = [
        {"deal_id": str(number), "status": "announced", "currency": "EUR"}
        | row
        | {"investors": [{"name": name, "lead": lead, "kind": None} for name, lead in row.get("investors", [])]}
        for number, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(filled, schema=schema_of("deals"))
