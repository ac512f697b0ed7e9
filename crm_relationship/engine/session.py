"""Session: how PostgreSQL is to work during a run, until the end of the transaction."""

from odoo.tools import SQL

SETTINGS = {
    "work_mem": "256MB",
    "jit": "off",
    "from_collapse_limit": "12",
    "join_collapse_limit": "12",
}
"""Large hash tables; no compilation, which costs more than it brings on these queries; joins
are ordered by their sizes even where there are many."""


def tune(env) -> None:
    """Apply :data:`SETTINGS` to the present transaction."""
    for name, value in SETTINGS.items():
        env.cr.execute(SQL("SELECT set_config(%s, %s, TRUE)", name, value))
