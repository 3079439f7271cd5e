"""Articles and what was extracted from them become a Parquet dataset. The only room that knows crawler and extract."""

from pipelines.errors import (
    DatasetBusyError,
    DatasetNotFoundError,
    ExtractionError,
    ExtractorError,
    LedgerError,
    PipelineError,
    PlaceError,
    RowError,
    StorageError,
    UnreachableError,
)
from pipelines.ledger import OutletSummary, outlet_summary

__all__ = [
    "DatasetBusyError",
    "DatasetNotFoundError",
    "ExtractionError",
    "ExtractorError",
    "LedgerError",
    "OutletSummary",
    "PipelineError",
    "PlaceError",
    "RowError",
    "StorageError",
    "UnreachableError",
    "outlet_summary",
]
