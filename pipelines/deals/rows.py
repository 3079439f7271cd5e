"""Deals as rows of the table ``deals``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.deals.extensions import parents_of
from pipelines.deals.reports import Report
from pipelines.deals.values import values_of
from pipelines.schema import schema_of

if TYPE_CHECKING:
    import pyarrow as pa

RULES_VERSION = "1"
"""One more whenever joining or choosing gives another result."""


def table_of(rounds: pa.Table, deals: Sequence[Sequence[Report]]) -> pa.Table:
    """Give deals as a table, in this order; ``rounds`` is the table that the reports are rows of."""
    import pyarrow as pa

    schema = schema_of("deals")
    ids = [min(deal, key=Report.arrival).round_id for deal in deals]
    parents = parents_of(deals)
    values = [values_of(deal) for deal in deals]
    paid = pa.array([found["paid"].row if found["paid"] else None for found in values], pa.int64())
    columns = {
        "deal_id": ids,
        "extends": [ids[parents[n]] if n in parents else None for n in range(len(deals))],
        "sources": _sources(rounds, deals),
        "rules_version": [RULES_VERSION] * len(deals),
    }
    for name in ("amount", "currency", "amount_eur", "eur_rate", "eur_rate_date"):
        columns[name] = rounds[name].combine_chunks().take(paid)
    for name in set(schema.names) - columns.keys():
        columns[name] = [found[name] for found in values]
    arrays = [
        column if isinstance(column := columns[field.name], pa.Array) else pa.array(column, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _sources(rounds: pa.Table, deals: Sequence[Sequence[Report]]) -> pa.Array:
    """Give each deal's reports, taken from the rows of ``rounds`` as they are."""
    import pyarrow as pa

    type_ = schema_of("deals").field("sources").type
    reports = [report for deal in deals for report in deal]
    taken = rounds.take(pa.array([report.row for report in reports], pa.int64()))
    made: dict[str, list[Any]] = {
        "investors": [[backer.name for backer in report.backers] for report in reports],
        "leads": [[backer.name for backer in report.backers if backer.lead] for report in reports],
        "near_duplicate_of": [report.origin if report.origin != report.article_id else None for report in reports],
    }
    fields = list(type_.value_type)
    arrays = [
        pa.array(made[field.name], field.type)
        if field.name in made
        else taken[field.name].cast(field.type).combine_chunks()
        for field in fields
    ]
    offsets = [0]
    for deal in deals:
        offsets.append(offsets[-1] + len(deal))
    structs = pa.StructArray.from_arrays(arrays, fields=fields)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs, type=type_)
