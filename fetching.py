"""Lists that Spark reaches and this machine does not -> files here, which are read as any other.

Such a list is named by a URL (``s3a://…``, ``hdfs://…``, ``file:///…``), or is a query on a
database that has a ``jdbc:`` URL. Spark reads it, and writes it as one Parquet file, the rows in
their order and the values as they are. So what a cell says is said by the one reader of cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.spark_session import (
    LOCAL,
    session,
    shared_folder,
    spark_faults,
    url_of,
)
from leadgrade.leads.formats.logins import Address, read_address, without_secrets
from leadgrade.leads.formats.source import Source, open_source
from leadgrade.leads.terms import ListError, Options

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

JDBC = "jdbc:"
UNDECODED = "\ufffd"
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_TEXTS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": ","}
"""The endings of lists that are no Parquet files, and what stands between their cells."""


class Far(NamedTuple):
    """A list that Spark reads: where it is, and how."""

    address: Address
    read: Callable[[SparkSession], DataFrame]


@contextmanager
def fetched(
    files: Sequence[str], options: Options, engine: str, master: str | None
) -> Iterator[tuple[list[str | Source], Options]]:
    """Give the lists of a run, far ones as open files, and the options that are left to say.

    Raises:
        ListError: ``far-list``, Spark is not the engine; ``far-unreadable``.
        SparkError: Spark cannot run here, or the master does not answer.
    """
    queries = [(url, query) for url, query in options.from_sql if url.startswith(JDBC)]
    far = [_far_file(each, options) if _URL.match(each) else None for each in files]
    far += [_far_query(url, query) for url, query in queries]
    with ExitStack() as stack:
        lists: list[str | Source] = list(files)
        for at, each in enumerate(far):
            if each is None:
                continue
            if engine != "spark":
                raise ListError("far-list", file=each.address.shown)
            lists[at : at + 1] = [stack.enter_context(_fetched(each, master or LOCAL))]
        left = tuple(each for each in options.from_sql if each not in queries)
        yield lists, replace(options, from_sql=left)


@contextmanager
def _fetched(far: Far, master: str) -> Iterator[Source]:
    """Give a far list as a file that is open."""
    name, secrets = far.address
    spark = session(master)
    with shared_folder(master) as folder:
        target = Path(folder, "list")
        try:
            with spark_faults():
                far.read(spark).coalesce(1).write.parquet(url_of(target))
        except EngineFault as error:
            reason = without_secrets(str(error), secrets)
            raise ListError("far-unreadable", file=name, reason=reason) from None
        written = sorted(target.glob("*.parquet"))
        if len(written) != 1:  # the workers write elsewhere
            reason = f"{len(written)} files in {target}"
            raise ListError("far-unreadable", file=name, reason=reason)
        source = replace(open_source(written[0]), name=name)
        try:
            yield source
        finally:
            source.close()


def _far_file(url: str, options: Options) -> Far:
    path = PurePosixPath(urlsplit(url).path)
    ending = (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()
    if ending not in _TEXTS:
        return Far(read_address(url), lambda spark: spark.read.parquet(url))
    delimiter = "\t" if options.delimiter == "tab" else options.delimiter or _TEXTS[ending]

    encoding = options.encoding or "UTF-8"

    def read(spark: SparkSession) -> DataFrame:
        frame = spark.read.csv(
            url,
            sep=delimiter,
            encoding=encoding,
            header=True,
            inferSchema=False,
            enforceSchema=False,
            mode="FAILFAST",  # else cells that are too many would be left out in silence
            multiLine=True,
            quote='"',
            escape='"',
        )
        return _decoded(frame, encoding)

    return Far(read_address(url), read)


def _decoded(frame: DataFrame, encoding: str) -> DataFrame:
    """Return texts that fail where one was not in the encoding: Java puts a sign for such bytes.

    Raises:
        EngineFault: a title was not.
    """
    said = re.sub(r"[^\w.:-]", "", encoding)
    reason = f"it is not in the encoding {said}: say --encoding"
    if any(UNDECODED in name for name in frame.columns):
        raise EngineFault(reason)
    cells = (name.replace("`", "``") for name in frame.columns)
    return frame.selectExpr(
        *(
            f"CASE WHEN contains(`{cell}`, '{UNDECODED}') THEN raise_error('{reason}')"
            f" ELSE `{cell}` END AS `{cell}`"
            for cell in cells
        )
    )


def _far_query(url: str, query: str) -> Far:
    def read(spark: SparkSession) -> DataFrame:
        return spark.read.format("jdbc").option("url", url).option("query", query).load()

    return Far(read_address(url), read)
