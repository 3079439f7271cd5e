"""What can go wrong with a dataset: one exception tree, each message one line that says what, where and what to do."""

from __future__ import annotations


def one_line(error: BaseException) -> str:
    r"""Give what an error says, however many lines it says it in, as one line.

    >>> one_line(ValueError("two\n  lines"))
    'two lines'
    """
    return " ".join(str(error).split())


class PipelineError(Exception):
    """Anything wrong with the dataset, its ledger, or the way of an article into it."""


class DatasetBusyError(PipelineError):
    """Another crawl holds the dataset."""


class DatasetNotFoundError(PipelineError):
    """There is no dataset at this place."""


class LedgerError(PipelineError):
    """The ledger cannot be read: broken, or written by a later version."""


class StorageError(PipelineError):
    """Rows could not be written; what was stored before is sound."""


class UnreachableError(StorageError):
    """The object store with the dataset does not answer for now; what waits is stored once it does."""


class PlaceError(PipelineError):
    """What should say where a dataset is says it of no place that there could be."""


class RowError(PipelineError):
    """One article does not fit the schemas; the others are not touched."""


class ExtractorError(PipelineError):
    """The extractor itself cannot be made, so no article can be extracted."""


class ExtractionError(PipelineError):
    """One article killed its worker twice, or made the extraction raise."""


class SelectionError(PipelineError, ValueError):
    """What was asked for is not to be had: a filter, column, engine or format that the table does not know."""


class MissingEngineError(PipelineError, ImportError):
    """The package of a reading engine is not installed."""


class ExportError(PipelineError):
    """A table does not fit into the file asked for; a file that was there before is untouched."""


class AliasError(PipelineError):
    """The user's file of aliases cannot be read."""


class RegisterError(PipelineError):
    """The company register gives no answer; what it answered before is kept."""
