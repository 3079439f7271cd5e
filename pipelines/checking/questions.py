"""Parts and ledger compared: what is in the one and not in the other, twice, or not as it says.

The ledger is asked before the parts are read and after: what changes meanwhile is a crawl's work and no finding.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager

from pipelines.checking.findings import Report
from pipelines.checking.notes import DatasetChangedError, Notes
from pipelines.errors import StorageError
from pipelines.ledger import SCHEMA_VERSION, state_of
from pipelines.locking import is_locked
from pipelines.places import Place

_TRIES = 5
_EXAMPLES = 3

DOUBLED_ARTICLES = """
SELECT part, row, id FROM (
    SELECT a.part, a.row, a.id, ROW_NUMBER() OVER (
        PARTITION BY a.id ORDER BY a.month = p.month DESC, a.revision DESC, p.name, a.row
    ) AS place FROM articles a JOIN parts p ON p.number = a.part
    WHERE a.id IN (SELECT id FROM articles GROUP BY id HAVING COUNT(*) > 1) AND a.id NOT IN (SELECT id FROM touched)
) WHERE place > 1
"""
"""Of an article that is there twice the later state stays, and if they are the same the one in its month."""
_BESIDE = """
EXISTS (SELECT 1 FROM articles a JOIN parts q ON q.number = a.part
        WHERE a.id = r.id AND q.month = p.month AND q.stem = p.stem) DESC, p.name
"""
DOUBLED_ROUNDS = f"""
SELECT part, row, round_id FROM (
    SELECT r.part, r.row, r.round_id, ROW_NUMBER() OVER (PARTITION BY r.round_id ORDER BY {_BESIDE}, r.row) AS place
    FROM rounds r JOIN parts p ON p.number = r.part
    WHERE r.round_id IN (SELECT round_id FROM rounds GROUP BY round_id HAVING COUNT(*) > 1)
      AND r.id NOT IN (SELECT id FROM touched)
) WHERE place > 1
"""  # noqa: S608 - the text above
SPLIT_MENTIONS = f"""
SELECT r.id, r.part FROM mentions r JOIN parts p ON p.number = r.part
WHERE r.id IN (SELECT id FROM mentions GROUP BY id HAVING COUNT(DISTINCT part) > 1)
  AND r.id NOT IN (SELECT id FROM touched)
GROUP BY r.id, r.part ORDER BY {_BESIDE}
"""  # noqa: S608 - the text above
"""Articles whose mentions are in several parts, with these; the part that lies beside the article comes first."""
ORPHANS = {
    table: f"SELECT part, {count} AS rows, id FROM {table} WHERE {condition} GROUP BY part, id"  # noqa: S608 - as below
    for table, count, condition in (
        ("articles", "COUNT(*)", "id IS NULL"),
        *(
            (
                table,
                count,
                "id IS NULL OR (id NOT IN (SELECT id FROM articles WHERE id IS NOT NULL) "
                "AND id NOT IN (SELECT id FROM touched))",
            )
            for table, count in (("rounds", "COUNT(*)"), ("mentions", "SUM(rows)"))
        ),
    )
}
_DOUBLED_PLACES = """
SELECT part, row, id FROM (
    SELECT part, row, id, rank, MIN(rank) OVER (PARTITION BY id, start, stop, label) AS first FROM places
) WHERE rank > first
"""
MISCOUNTED = """
SELECT DISTINCT a.id, COALESCE(r.found, 0), a.rounds FROM articles a
LEFT JOIN (SELECT id, COUNT(DISTINCT round_id) AS found FROM rounds GROUP BY id) r ON r.id = a.id
WHERE COALESCE(r.found, 0) IS NOT a.rounds AND a.id NOT IN (SELECT id FROM touched)
"""
ASKEW = """
SELECT id FROM askew WHERE id IN (SELECT id FROM articles WHERE NOT excused) AND id NOT IN (SELECT id FROM touched)
"""
LOST = """
SELECT article_id FROM pages WHERE article_id NOT IN (SELECT id FROM articles WHERE id IS NOT NULL)
AND article_id NOT IN (SELECT id FROM touched) AND url IN (SELECT url FROM ledger.pages) GROUP BY article_id
"""
UNKNOWN = """
WITH strangers AS MATERIALIZED (
    SELECT DISTINCT id, url FROM articles
    WHERE id NOT IN (SELECT article_id FROM ledger.pages) AND id NOT IN (SELECT id FROM touched)
) SELECT id FROM strangers WHERE key_of(url) NOT IN (SELECT url FROM ledger.pages)
"""
"""By their ids first: the key of an address takes its time."""
INDEX_UNKNOWN = "SELECT article_id FROM ledger.signatures WHERE article_id NOT IN (SELECT article_id FROM ledger.pages)"
SUMMARY = """
SELECT DISTINCT n.article_id FROM ledger.pages n JOIN articles a ON a.id = n.article_id
WHERE n.is_alias = 0 AND n.rounds != a.rounds AND a.id NOT IN (SELECT id FROM touched)
"""
MISPLACED = """
SELECT DISTINCT g.article_id FROM pages g WHERE g.batch != '' AND g.article_id NOT IN (SELECT id FROM touched)
AND g.article_id IN (SELECT id FROM articles WHERE id IS NOT NULL)
AND g.batch NOT IN (SELECT stem FROM parts WHERE part_of = 'articles')
AND EXISTS (SELECT 1 FROM ledger.pages n WHERE n.url = g.url AND n.batch = g.batch)
"""


@contextmanager
def examined(place: Place, *, alone: bool = False) -> Iterator[tuple[Notes, Report]]:
    """Examine a dataset; give what was noted, for a repair, and what was found.

    ``alone`` says that we hold its lock, so that whatever is on its way was left there.

    Raises:
        StorageError: it changes faster than it can be read, or permissions stand in the way.
    """
    for _ in range(_TRIES):
        with closing(Notes(place)) as notes:
            try:
                report = _examine(notes, alone)
            except DatasetChangedError:
                continue
            yield notes, report
            return
    raise StorageError(f"{place.label}: changes faster than it can be read; try again when nobody compacts it")


def _examine(notes: Notes, alone: bool) -> Report:
    version = _open_ledger(notes)
    before: set[str] = set()
    if version:
        before = _prepared(notes.db, version)
        _copy_pages(notes.db)
    staged = _staged(notes.place)
    notes.read_parts()
    if version:
        _find_unfinished(notes, version, before, staged, alone)
        _note_touched(notes.db)  # last: what has been committed since is no longer on its way
    _compare_parts(notes)
    if version:
        _compare_ledger(notes, version, alone)
    pages = notes.db.execute("SELECT COUNT(*) FROM pages").fetchone()[0] if version else None
    findings = sorted(notes.findings, key=lambda found: (found.severity, found.kind, found.where))
    return Report(findings, notes.parts, notes.rows, pages)


def _open_ledger(notes: Notes) -> int:
    """Attach the ledger to the notes, to be read only; give its version, 0 where there is none that can be read."""
    path = notes.place.ledger
    if not path.exists():
        if any(notes.place.parts(table) for table in notes.parts):
            notes.find("ledger-missing", path.name)
        return 0
    version, fault = state_of(path)
    if fault:
        notes.find("ledger-broken", path.name, detail=fault)
        return 0
    if version > SCHEMA_VERSION:
        notes.find("ledger-later", path.name, detail=f"{version}")
        return 0
    if 0 < version < SCHEMA_VERSION:
        notes.find("ledger-older", path.name, detail=f"{version}")
    if version:
        notes.db.execute("ATTACH ? AS ledger", (f"{path.absolute().as_uri()}?mode=ro",))
    return version


def _prepared(db: sqlite3.Connection, version: int) -> set[str]:
    """Note the articles of the batches that are on their way; give these, and the swaps that are."""
    batches = db.execute("SELECT id, pages FROM ledger.batches WHERE state = 'prepared'").fetchall()
    for _, pages in batches:
        db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", [(page[1],) for page in json.loads(pages)])
    swaps = db.execute("SELECT id FROM ledger.swaps WHERE state = 'prepared'") if version >= 4 else ()
    return {id_ for id_, _ in batches} | {id_ for (id_,) in swaps}


def _copy_pages(db: sqlite3.Connection) -> None:
    # A copy, and no snapshot held open: a crawl that ends meanwhile has to write its ledger back.
    db.execute(
        "INSERT INTO pages SELECT url, article_id, content_hash, fetched_at, batch FROM ledger.pages ORDER BY url"
    )
    db.execute("CREATE INDEX pages_by_article ON pages (article_id)")


def _note_touched(db: sqlite3.Connection) -> None:
    """Note the articles that a crawl has brought or changed meanwhile."""
    db.execute(
        "INSERT OR IGNORE INTO touched SELECT n.article_id FROM ledger.pages n LEFT JOIN pages b ON b.url = n.url "
        "WHERE b.url IS NULL OR b.content_hash != n.content_hash OR b.fetched_at != n.fetched_at"
    )


def _staged(place: Place) -> set[str]:
    return {path.name for path in place.staging.iterdir()} if place.staging.is_dir() else set()


def _find_unfinished(notes: Notes, version: int, before: set[str], staged: set[str], alone: bool) -> None:
    """Find what a crash left on its way; a crawl that is at work leaves it there only for the moment."""
    batches, left = before & _prepared(notes.db, version), staged & _staged(notes.place)
    if (batches or left) and (alone or not is_locked(notes.place)):
        for batch in sorted(batches):
            notes.find("batch-unfinished", batch)
        for name in sorted(left - batches):
            notes.find("staging-leftover", f"{notes.place.staging.name}/{name}")


def _compare_parts(notes: Notes) -> None:
    """Compare the tables with each other."""
    names = dict(notes.db.execute("SELECT number, name FROM parts").fetchall())
    for query in (DOUBLED_ARTICLES, DOUBLED_ROUNDS):
        _find_in_parts(notes, "row-doubled", names, notes.db.execute(query))
    _find_in_parts(notes, "row-doubled", names, doubled_mentions(notes))
    for query in ORPHANS.values():
        _find_in_parts(notes, "row-orphan", names, notes.db.execute(query))
    for kind, query in (("rounds-count", MISCOUNTED), ("evidence", ASKEW)):
        _find_all(notes, kind, "articles", query)


def _compare_ledger(notes: Notes, version: int, alone: bool) -> None:
    """Compare the tables with the ledger."""
    name = notes.place.ledger.name
    for kind, where, query in (
        ("page-lost", name, LOST),
        ("article-unknown", "articles", UNKNOWN),
        ("batch-hint", name, MISPLACED),
        ("index-unknown", name, INDEX_UNKNOWN if version >= 2 else ""),
        # Whoever extracts anew tells the ledger of it afterwards.
        ("summary", name, SUMMARY if alone or not is_locked(notes.place) else ""),
    ):
        if query:
            _find_all(notes, kind, where, query)


def _find_in_parts(notes: Notes, kind: str, names: dict[int, str], rows: Iterable[tuple[int, int, str | None]]) -> None:
    """Find rows, given by part, number and id, part by part."""
    counts: Counter[int] = Counter()
    examples: dict[int, dict[str, None]] = defaultdict(dict)
    by_row = kind == "row-doubled"
    for part, number, id_ in rows:
        counts[part] += 1 if by_row else number
        if len(examples[part]) <= _EXAMPLES:
            examples[part][id_ or "no id"] = None
    for part, count in counts.items():
        notes.find(kind, names[part], count, _listed(list(examples[part])))


def _find_all(notes: Notes, kind: str, where: str, query: str) -> None:
    """Find articles, which a query gives by their ids in its first column."""
    answer = notes.db.execute(query)
    first = [row[0] for row in answer.fetchmany(_EXAMPLES + 1)]
    if first:
        notes.find(kind, where, len(first) + sum(1 for _ in answer), _listed(first))


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_EXAMPLES]) + (" …" if len(ids) > _EXAMPLES else "")


def doubled_mentions(notes: Notes) -> list[tuple[int, int, str]]:
    """Give the mentions, by part, row and article, that are in another part as well."""
    import pyarrow as pa
    import pyarrow.compute as pc

    split: dict[int, list[str]] = defaultdict(list)
    ranks: dict[tuple[str, int], int] = {}
    for rank, (id_, part) in enumerate(notes.db.execute(SPLIT_MENTIONS)):
        split[part].append(id_)
        ranks[id_, part] = rank
    names = dict(notes.db.execute("SELECT number, name FROM parts").fetchall())
    notes.db.execute("DELETE FROM places")
    columns = ["article_id", "start", "end", "label"]
    for part, ids in split.items():
        rows = notes.place.open_part(names[part]).read(columns)
        rows = rows.append_column("row", pa.array(range(len(rows))))
        rows = rows.filter(pc.is_in(rows["article_id"], pa.array(ids)))
        notes.db.executemany(
            "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (part, row["row"], ranks[row["article_id"], part], *(row[c] for c in columns))
                for row in rows.to_pylist()
            ],
        )
    return notes.db.execute(_DOUBLED_PLACES).fetchall()
