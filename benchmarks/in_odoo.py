"""Runs in Odoo: one measurement of the benchmark, which the argument `task` names."""

import re
import time
from pathlib import Path

from lxml import etree

from odoo.addons.crm_relationship.engine import session

COMPANY = 1
AVERAGE_MIN = 1500
PREFIX = "relationship_"
CASES = (("form", 1, "form"), ("list of 8", 8, "list"), ("list of 80", 80, "list"))
DEALS = """
    SELECT COUNT(*), SUM(deals), MAX(last_date)
      FROM (SELECT partner_id, COUNT(*) AS deals, MAX({day}) AS last_date
              FROM {table}
             WHERE company_id = %s
             GROUP BY partner_id) customer"""
FLOOR = {
    "invoices": """
        SELECT COUNT(*), SUM(revenue), MIN(first_date), MAX(last_date)
          FROM (SELECT commercial_partner_id, SUM(amount_untaxed_signed) AS revenue,
                       MIN(invoice_date) AS first_date, MAX(invoice_date) AS last_date
                  FROM account_move
                 WHERE company_id = %s AND state = 'posted'
                   AND move_type IN ('out_invoice', 'out_refund')
                 GROUP BY commercial_partner_id) customer""",
    "reconciliations": """
        SELECT COUNT(*), SUM(paid), MAX(last_date)
          FROM (SELECT line.partner_id, SUM(partial.amount) AS paid,
                       MAX(partial.max_date) AS last_date
                  FROM account_partial_reconcile partial
                  JOIN account_move_line line ON line.id = partial.debit_move_id
                 WHERE partial.company_id = %s
                 GROUP BY line.partner_id) customer""",
    "opportunities": DEALS.format(table="crm_lead", day="create_date"),
    "orders": DEALS.format(table="sale_order", day="create_date"),
    "loyalty cards": DEALS.format(table="loyalty_card", day="expiration_date"),
}
"""One bare aggregate over each table that the run reads; the outer query uses its columns, or
PostgreSQL would leave them out."""


def floor(env, repeats):
    """Return the best seconds of each bare aggregate, with the settings of a run.

    Without indexes: those of the addon would make it another floor than a bare reading.
    """
    session.tune(env)
    for scan in ("indexscan", "indexonlyscan", "bitmapscan"):
        env.cr.execute(f"SET LOCAL enable_{scan} = off")
    return {
        name: min(seconds(env.cr.execute, query, [COMPANY]) for _attempt in range(repeats))
        for name, query in FLOOR.items()
    }


def use(env, method):
    """Let the company grade by the template of a method, what it leaves open filled in."""
    policies = env["crm.relationship.tier.policy"]
    template = policies.search([("state", "=", "template"), ("method", "=", method)], limit=1)
    draft = template.copy({"company_id": COMPANY})
    for tier in draft.tier_ids.filtered(lambda tier: tier.visits_min and not tier.average_min):
        tier.average_min = AVERAGE_MIN / tier.sequence
    draft.action_activate()


def run(env, as_of, full):
    """Recalculate once; return the seconds, the peak of the memory and what was done."""
    before = peak_memory(reset=True)
    started = time.monotonic()
    record = env["crm.relationship.run"].recalculate(companies=COMPANY, as_of=as_of, full=full)
    spent = time.monotonic() - started
    counters = ("kind", "state", "error", "scope_count", "created_count", "updated_count")
    return {
        "seconds": spent,
        "memory": peak_memory() - before,
        "changes": record.change_count,
        **{name: record[name] for name in counters},
    }


def queries(env):
    """Return how many queries the partner's list and form take, with and without our fields."""
    user = env.ref("base.user_admin")
    user.group_ids += env.ref("crm_relationship.group_user")
    env = env(user=user.id)
    found = {}
    for case, quantity, kind in CASES:
        names = view_fields(env, kind)
        bare = [name for name in names if not name.startswith(PREFIX)]
        found[case] = {
            "with": count_queries(env, kind, names, quantity),
            "without": count_queries(env, kind, bare, quantity),
        }
    env.cr.rollback()
    return found


def view_fields(env, kind):
    """Return the fields that the partner's view reads, the tier in any case."""
    arch = etree.fromstring(env["res.partner"].get_view(view_type=kind)["arch"])
    nodes = arch.xpath("//field[not(ancestor::field)]/@name")
    return list(dict.fromkeys([*nodes, "relationship_tier_id"]))


def count_queries(env, kind, names, quantity):
    """Return how many queries the web client's call takes, all of Odoo's caches being warm."""
    partners = env["res.partner"]
    fields = partners.fields_get(names, attributes=["type"])
    relational = {"fields": {"display_name": {}}}
    specification = {
        name: relational if fields[name]["type"] == "many2one" else {} for name in fields
    }
    ids = env["crm.relationship.profile"].sudo().search([], limit=quantity).partner_id.ids
    for _warm_up in range(2):
        env.invalidate_all()
        before = env.cr.sql_log_count
        if kind == "form":
            partners.browse(ids).web_read(specification)
        else:
            partners.web_search_read([("id", "in", ids)], specification, limit=quantity)
    return env.cr.sql_log_count - before


def seconds(function, *arguments):
    """Return how long ``function`` takes."""
    started = time.monotonic()
    function(*arguments)
    return time.monotonic() - started


def peak_memory(reset=False):
    """Return the most memory that this process had, in MB; ``reset`` starts anew."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


TASKS = {"floor": floor, "use": use, "run": run, "queries": queries}
result = TASKS[task](env, **options)  # noqa: F821
