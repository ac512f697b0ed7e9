"""Session: how PostgreSQL is to work during a run, until the end of the transaction."""

from odoo.tools import SQL

SETTINGS = {
    "work_mem": "256MB",
    "jit": "off",
    "parallel_tuple_cost": "0.02",
}
"""Large hash tables; no compilation, which costs more than it brings on these queries;
workers even where they hand over many rows."""


def tune(env) -> None:
    """Apply :data:`SETTINGS` to the present transaction."""
    for name, value in SETTINGS.items():
        env.cr.execute(SQL("SELECT set_config(%s, %s, TRUE)", name, value))
