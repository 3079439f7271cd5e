"""Articles and what was extracted from them become a Parquet dataset. The only room that knows crawler and extract."""

from pipelines.errors import (
    DatasetBusyError,
    DatasetNotFoundError,
    ExtractionError,
    ExtractorError,
    LedgerError,
    PipelineError,
    RowError,
    StorageError,
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
    "RowError",
    "StorageError",
    "outlet_summary",
]
