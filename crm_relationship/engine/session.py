"""Session: how PostgreSQL is to work during a run, until the end of the transaction."""

from contextlib import contextmanager

from odoo.tools import SQL

SETTINGS = {
    "work_mem": "256MB",
    "jit": "off",
    "from_collapse_limit": "12",
    "join_collapse_limit": "12",
}
"""Large hash tables; no compilation, which costs more than it brings on these queries; joins
are ordered by their sizes even where there are many."""

IN_BULK = {"enable_nestloop": "off", "enable_hashagg": "off", "parallel_tuple_cost": "0.01"}
"""How statements about all customers differ, see :func:`joins_in_bulk`."""

MANY_LOOKUPS = {
    "parallel_setup_cost": "10",
    "parallel_tuple_cost": "0.001",
    "min_parallel_table_scan_size": "0",
    "min_parallel_index_scan_size": "0",
}
"""How statements about a large scope differ, see :func:`shares_lookups`."""

TABLES = ["account_move", "account_move_line", "account_partial_reconcile", "res_partner"]
"""Odoo's tables that a run joins."""

FEW_PAGES = 4
"""A table of less is read at once whatever PostgreSQL believes of it."""


def tune(env) -> None:
    """Apply :data:`SETTINGS` to the present transaction and see to the statistics."""
    _apply(env, SETTINGS)
    _refresh_statistics(env)


def _apply(env, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        env.cr.execute(SQL("SELECT set_config(%s, %s, TRUE)", name, value))


@contextmanager
def _with_settings(env, settings: dict[str, str]):
    """Apply the settings inside the block; they are back at their defaults after it."""
    _apply(env, settings)
    yield
    for name in settings:
        env.cr.execute(SQL("SET LOCAL %s TO DEFAULT", SQL.identifier(name)))


def joins_in_bulk(env):
    """Join whole tables by hashing inside the block, for statements about all customers.

    PostgreSQL multiplies the shares of posted, of customer invoices and of receivable
    lines, which are the same rows, expects few and would look up millions one by one. It
    expects few customers among them, too: workers sort and add up their share, since a hash
    table of all customers would not fit, and hand over all rows, which they do faster than it
    believes.
    """
    return _with_settings(env, IN_BULK)


def shares_lookups(env):
    """Let workers share what is looked up for many customers inside the block.

    PostgreSQL underrates how many they are, and how much of the work can be shared.
    """
    return _with_settings(env, MANY_LOOKUPS)


def groups_in_parallel(env):
    """Let workers group rows inside the block, though PostgreSQL expects as many groups as
    amounts: it does not know how few a function of them gives.
    """
    return _with_settings(env, {"parallel_tuple_cost": IN_BULK["parallel_tuple_cost"]})


def read_rows_just_written(env) -> None:
    """Let the transaction go to the rows themselves where an index would say it all.

    What a night writes is all over the profiles, and PostgreSQL trusts an index alone only
    on pages that nobody wrote to. It would look up every profile in the index's order.
    """
    env.cr.execute("SET LOCAL enable_indexonlyscan = off")


def _refresh_statistics(env) -> None:
    """Let PostgreSQL count the tables that have doubled since it did.

    It does by itself, but not at once after an import or the restore of a backup: joins
    of tables that it believes to be empty would take the square of their size.
    """
    grown = env.execute_query(
        SQL(
            """
            SELECT relname
              FROM pg_class
             WHERE oid = ANY (%s::regclass[])
               AND pg_relation_size(oid) / current_setting('block_size')::integer
                   > 2 * relpages + %s
            """,
            TABLES,
            FEW_PAGES,
        )
    )
    for (table,) in grown:
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
