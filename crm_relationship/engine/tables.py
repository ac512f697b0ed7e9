"""Tables: what a run keeps until the end of its transaction.

How it works
    Temporary tables are what they should be, but PostgreSQL reads none of them with more than
    one worker. What a run of everybody keeps has a row a customer, so it lies in unlogged
    tables of the same names, which are dropped before the transaction ends and which nobody
    else ever sees. A lock lets one run at a time have them; another one, of another company,
    makes do with temporary ones.
"""

from odoo.tools import SQL

LOCK = (7_202_620, 0)
"""Key of the advisory lock on the tables that workers read together."""

FENCE = SQL("OFFSET '0'")
"""Ends a subquery that works out each value once: PostgreSQL keeps it apart, and does not
repeat an expression at each place that reads it. The quotes let workers share it: a literal of
unknown type is the bigint that OFFSET takes, while a plain 0 is still to be converted when
PostgreSQL asks whether rows are left out, which no worker could know.
"""

GATHERED = SQL("OFFSET 0")
"""Ends a subquery whose rows workers hand over, see :data:`FENCE`, before they are grouped."""


def keep(env, name: str, query: SQL, shared: bool = False) -> int:
    """Keep the rows of ``query`` in the table ``name``; return how many.

    :param shared: they are many, so workers are to read them together
    """
    table = SQL.identifier(name)
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
    if shared and _may_share(env):
        env.cr.execute(SQL("CREATE UNLOGGED TABLE %s AS %s", table, query))
        count = env.cr.rowcount
        # A savepoint of the caller drops it as well: nobody keeps rows beyond a step of a run.
        env.cr.precommit.add(lambda: env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table)))
        return count
    env.cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))
    return env.cr.rowcount


def _may_share(env) -> bool:
    """Return whether no other run has the tables until the end of this transaction."""
    return env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", *LOCK))[0][0]
