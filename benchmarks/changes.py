"""A day in the life of the benchmark's database: new invoices, and payments of half of them."""

from datetime import date

from . import generate

CUSTOMERS = """
    CREATE TEMPORARY TABLE bench_customer AS
    SELECT row_number() OVER () AS no, customer.id
      FROM (SELECT commercial_partner_id AS id FROM res_partner
             WHERE parent_id IS NULL AND customer_rank > 0
             ORDER BY random() LIMIT %(changed)s) customer
"""
DOCUMENTS = """
    CREATE TEMPORARY TABLE bench_document AS
    SELECT row_number() OVER (ORDER BY no, part) AS move, no, part,
           CASE part WHEN 0 THEN 'out_invoice' ELSE 'entry' END AS kind,
           %(as_of)s AS date, %(as_of)s + 30 AS due, (10 + no %% 1000)::numeric(12, 2) AS amount,
           id AS customer_id, id AS partner_id
      FROM bench_customer
     CROSS JOIN generate_series(0, 1) part
     WHERE part = 0 OR no %% 2 = 0
"""
DAY = (CUSTOMERS, DOCUMENTS, generate.SETTLED, generate.MOVES, generate.LINES)


def make(cr, day: date, share: float) -> int:
    """Give ``share`` of all customers a new invoice on ``day``; return how many.

    :param cr: an autocommitting cursor
    """
    cr.execute("SELECT COUNT(*) FROM res_partner WHERE parent_id IS NULL AND customer_rank > 0")
    customers = cr.fetchone()[0]
    terms = {**generate.terms_of(cr, customers), "changed": round(customers * share), "as_of": day}
    cr.execute("SELECT (now() AT TIME ZONE 'UTC')::timestamp(0)")
    terms["loaded"] = cr.fetchone()[0]
    for statement in (*DAY, generate.RECONCILIATIONS):
        cr.execute(statement.replace("UNLOGGED", "TEMPORARY"), terms)
    cr.execute("DROP TABLE bench_customer, bench_document, bench_settled")
    generate.set_sequences(cr)
    return terms["changed"]


def pass_night(cr) -> None:
    """Let the last run lie further back than the overlap of the watermarks, as a day later."""
    cr.execute("UPDATE crm_relationship_run SET watermark = watermark + interval '1 hour'")


def clean_up(cr) -> None:
    """Do what autovacuum would do beside the next run."""
    cr.execute("VACUUM (ANALYZE) crm_relationship_profile, crm_relationship_change")


def forget(cr) -> None:
    """Take back all runs, as if the addon had just been installed."""
    cr.execute(
        """TRUNCATE crm_relationship_profile, crm_relationship_change, crm_relationship_run,
                    crm_relationship_tier_cut, crm_relationship_stage_evaluation CASCADE"""
    )
    cr.execute("UPDATE crm_relationship_tier_policy SET evaluated_until = NULL")
