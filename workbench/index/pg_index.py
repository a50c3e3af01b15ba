"""PgIndex: vectors in a PostgreSQL server with the extension pgvector (pip install psycopg[binary])."""

from typing import Any

from workbench.errors import ModelError
from workbench.index.index import Found, Vectors, blocks, checked, empty

MOST_BUILDING = 8_000
"""Megabytes that the server may take while it builds the index."""
EFFORT = 200
"""Rows looked at in one search: more is better and slower."""


class PgIndex:
    """Unit vectors (N, dim) in a table of a server: made of ``vectors`` where given, else found there.

    ``address`` is a connection string such as ``postgresql://user@host/name``. The table is indexed by HNSW.
    Raises ModelError without the package, the extension, the server or the table.
    """

    def __init__(
        self,
        address: str,
        vectors: Vectors | None = None,
        table: str = "workbench_vectors",
        progress: bool = False,
    ) -> None:
        self._connection = _connect(address)
        self._name, self._table = table, _psycopg().sql.Identifier(table)
        if vectors is not None:
            self._make(vectors, progress)
        try:
            counted = "SELECT count(*), max(vector_dims(vector)) FROM {}"
            self._rows, self._dim = self._run(counted).fetchone()
        except _psycopg().Error as error:
            raise ModelError(
                f"The table {table!r} does not exist in the database.", "Pass the vectors to create it."
            ) from error

    @property
    def dim(self) -> int:
        """Numbers a vector."""
        return int(self._dim)

    def __len__(self) -> int:
        return int(self._rows)

    def search(self, queries: Vectors, k: int) -> Found:
        """Return rows and cosines, both (Q, k), best first; see `Index`."""
        queries = checked(queries, self.dim, k)
        rows, scores = empty(len(queries), k)
        self._run(f"SET hnsw.ef_search = {max(EFFORT, min(k, 1000))}")
        for i, query in enumerate(queries):
            text = _text(query)
            nearest = "SELECT row, -(vector <#> %s) FROM {} ORDER BY vector <#> %s LIMIT %s"
            found = self._run(nearest, (text, text, k)).fetchall()
            for place, (row, score) in enumerate(found):
                rows[i, place], scores[i, place] = row, score
        return rows, scores

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @classmethod
    def kept(cls, address: str, table: str) -> "PgIndex | None":
        """Return a table of a server; None where it has none of that name."""
        connection = _connect(address)
        there = connection.execute("SELECT to_regclass(%s)", (f'"{table}"',)).fetchone()[0] is not None
        connection.close()
        return cls(address, table=table) if there else None

    def drop_others(self, prefix: str) -> None:
        """Drop the tables whose names start with ``prefix``, but this one."""
        named = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE %s"
        found = self._connection.execute(named, (prefix.replace("_", r"\_") + "%",)).fetchall()
        for (table,) in found:
            if table != self._name:
                self._run("DROP TABLE IF EXISTS {}", table=_psycopg().sql.Identifier(table))

    def _make(self, vectors: Vectors, progress: bool) -> None:
        """Fill and index a table under another name, so that a table of the right name is always whole."""
        building = _psycopg().sql.Identifier(f"{self._name}_building")
        self._run("DROP TABLE IF EXISTS {}", table=building)
        columns = f"row bigint PRIMARY KEY, vector vector({vectors.shape[1]})"
        self._run(f"CREATE TABLE {{}} ({columns})", table=building)
        sql = _psycopg().sql.SQL("COPY {} (row, vector) FROM STDIN").format(building)
        with self._connection.cursor() as cursor, cursor.copy(sql) as copy:
            for start, block in blocks(vectors, progress, "PostgreSQL"):
                for row, vector in enumerate(block, start):
                    copy.write_row((row, _text(vector)))
        # a graph that outgrows this memory is built many times slower (README of pgvector)
        need = min(MOST_BUILDING, 64 + vectors.size * 6 // 2**20)
        self._run(f"SET maintenance_work_mem = '{need}MB'")
        self._run("CREATE INDEX ON {} USING hnsw (vector vector_ip_ops)", table=building)
        self._run("DROP TABLE IF EXISTS {}")
        renamed = _psycopg().sql.SQL("ALTER TABLE {} RENAME TO {}").format(building, self._table)
        self._connection.execute(renamed)

    def _run(self, text: str, values: tuple[Any, ...] = (), table: Any = None) -> Any:
        return self._connection.execute(_psycopg().sql.SQL(text).format(table or self._table), values or None)


def _text(vector: Vectors) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"


def _connect(address: str) -> Any:
    psycopg = _psycopg()
    try:
        connection = psycopg.connect(address, autocommit=True)
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except psycopg.Error as error:
        advice = "Start a PostgreSQL with the extension pgvector, and check the address."
        raise ModelError(f"The server cannot be used: {str(error).strip()}", advice) from error
    return connection


def _psycopg() -> Any:
    try:
        import psycopg
        import psycopg.sql
    except ImportError as error:
        raise ModelError("psycopg is not installed.", "Run `pip install psycopg[binary]`.") from error
    return psycopg
