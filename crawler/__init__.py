"""Pages of French tech outlets become :class:`crawler.items.Article`.

Knows nothing of language processing and storage.
"""
