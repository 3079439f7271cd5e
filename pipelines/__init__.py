"""Articles and what was extracted from them become a Parquet dataset. The only room that knows crawler and extract."""

from pipelines.errors import DatasetBusy, DatasetNotFound, LedgerError, PipelineError, StorageError
from pipelines.ledger import OutletSummary, outlet_summary

__all__ = [
    "DatasetBusy",
    "DatasetNotFound",
    "LedgerError",
    "OutletSummary",
    "PipelineError",
    "StorageError",
    "outlet_summary",
]
