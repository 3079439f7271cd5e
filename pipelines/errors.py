"""What can go wrong with a dataset: one exception tree, each message one line that says what, where and what to do."""

from __future__ import annotations


class PipelineError(Exception):
    """Anything wrong with the dataset or its ledger."""


class DatasetBusy(PipelineError):
    """Another crawl holds the dataset."""


class DatasetNotFound(PipelineError):
    """There is no dataset at this place."""


class LedgerError(PipelineError):
    """The ledger cannot be read: broken, or written by a later version."""


class StorageError(PipelineError):
    """Rows could not be written; what was stored before is sound."""
