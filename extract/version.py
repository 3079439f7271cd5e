"""Version of the extraction: it changes whenever the same article may give another record."""

EXTRACTOR_VERSION = "2026.11.4"
