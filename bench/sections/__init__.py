"""What is measured: one section of ``bench/RESULTS.md`` a module, each with ``run(options) -> str``."""
