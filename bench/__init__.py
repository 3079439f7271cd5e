"""How fast and how large we are beside our peers, on one machine and the same inputs: ``make bench``."""
