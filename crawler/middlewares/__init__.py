"""Politeness: robots.txt by RFC 9309, Crawl-delay, Retry-After."""
