"""Names of companies and persons in French text, their keys, and the gazetteer of investors."""
