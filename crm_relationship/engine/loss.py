"""Loss: records who was lost, and who came back, from what the runs appended to the history.

Reads the history and the documents; writes only ``crm.relationship.loss``.
"""

from odoo.tools import SQL

LEAVES = SQL(
    """leaving.dimension = 'stage'
       AND leaving.old_value = 'lost'
       AND leaving.new_value IS DISTINCT FROM 'lost'
       AND NOT leaving.is_backfilled"""
)
"""A line of the history with which a customer leaves Lost."""

OUTCOME = SQL(
    "CASE WHEN leaving.new_value IS NULL OR leaving.new_value = 'prospect' THEN 'void' "
    "ELSE 'won_back' END"
)
"""What a loss becomes: without a purchase left it was none."""


def close(run_ids: list[int]) -> SQL:
    """Close the open losses of customers that left Lost; return the ids of those that were
    none after all.
    """
    return SQL(
        """
        WITH closed AS (
            UPDATE crm_relationship_loss loss
               SET end_date = leaving.date, state = %(outcome)s
              FROM (SELECT DISTINCT ON (leaving.partner_id, leaving.company_id) leaving.*
                      FROM crm_relationship_change leaving
                     WHERE leaving.run_id = ANY(%(runs)s) AND %(leaves)s
                     ORDER BY leaving.partner_id, leaving.company_id, leaving.id) leaving
             WHERE loss.state = 'open'
               AND loss.partner_id = leaving.partner_id
               AND loss.company_id = leaving.company_id
               AND COALESCE(loss.change_id, 0) < leaving.id
         RETURNING loss.id, loss.state)
        SELECT id FROM closed WHERE state = 'void'
        """,
        outcome=OUTCOME,
        leaves=LEAVES,
        runs=run_ids,
    )


def insert(run_ids: list[int], user_id: int) -> SQL:
    """Record the customers that entered Lost; return the ids of the new losses.

    A line of the history makes one loss, and a customer has one that is open. First
    placements make none. Who came back in the same runs gets a loss that is closed.
    """
    return SQL(
        """
        INSERT INTO crm_relationship_loss (
            partner_id, company_id, user_id, date, kind, state, end_date, change_id,
            create_uid, create_date, write_uid, write_date)
        SELECT entry.partner_id, entry.company_id, customer.user_id, entry.date,
               CASE entry.cause WHEN 'dismissed' THEN 'passive' ELSE 'active' END,
               COALESCE(former.state, 'open'), former.date, entry.id,
               %(user)s, NOW() AT TIME ZONE 'UTC', %(user)s, NOW() AT TIME ZONE 'UTC'
          FROM crm_relationship_change entry
          JOIN res_partner customer ON customer.id = entry.partner_id
          LEFT JOIN LATERAL (
                   SELECT leaving.date, %(outcome)s AS state
                     FROM crm_relationship_change leaving
                    WHERE leaving.partner_id = entry.partner_id
                      AND leaving.company_id = entry.company_id
                      AND leaving.id > entry.id
                      AND %(leaves)s
                    ORDER BY leaving.id
                    LIMIT 1) former ON TRUE
         WHERE entry.run_id = ANY(%(runs)s)
           AND entry.dimension = 'stage'
           AND entry.new_value = 'lost'
           AND entry.cause IN ('lost', 'dismissed')
           AND NOT entry.is_backfilled
           AND NOT EXISTS (
                   SELECT 1 FROM crm_relationship_loss loss WHERE loss.change_id = entry.id)
           AND NOT EXISTS (
                   SELECT 1 FROM crm_relationship_loss loss
                    WHERE loss.state = 'open'
                      AND loss.partner_id = entry.partner_id
                      AND loss.company_id = entry.company_id)
         ORDER BY entry.id
     RETURNING id
        """,
        user=user_id,
        outcome=OUTCOME,
        leaves=LEAVES,
        runs=run_ids,
    )


def measure(loss_ids: list[int], purchases: tuple[SQL, ...], window_months: int) -> SQL:
    """Write what went with the customers: their revenue in the window that ended with the last
    purchase before the loss, refunds until the loss taken off.

    A window that ended with the loss would be empty for who buys seldom.

    :param purchases: the purchase sources; each is joined on its own, so that PostgreSQL
        starts from the customers
    """
    return SQL(
        """
        WITH lost AS MATERIALIZED (
            SELECT loss.id, loss.partner_id, loss.company_id, loss.date AS until,
                   COALESCE((change.evidence ->> 'last')::date, profile.last_purchase_date)
                     AS last_date
              FROM crm_relationship_loss loss
              LEFT JOIN crm_relationship_change change ON change.id = loss.change_id
              LEFT JOIN crm_relationship_profile profile
                ON profile.partner_id = loss.partner_id
               AND profile.company_id = loss.company_id
             WHERE loss.id = ANY(%(losses)s)),
             total AS (
            SELECT document.id, SUM(document.amount) AS amount
              FROM (%(documents)s) document
             GROUP BY document.id)
        UPDATE crm_relationship_loss loss
           SET revenue_before = COALESCE(total.amount, 0)
          FROM lost
          LEFT JOIN total ON total.id = lost.id
         WHERE loss.id = lost.id
        """,
        losses=loss_ids,
        documents=SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT lost.id, source.amount
                  FROM lost
                  JOIN res_partner contact ON contact.commercial_partner_id = lost.partner_id
                  JOIN (%s) source ON source.partner_id = contact.id
                                  AND source.company_id = lost.company_id
                 WHERE source.counts
                   AND source.date > lost.last_date - make_interval(months => %s)
                   AND source.date <= lost.until
                """,
                query,
                window_months,
            )
            for query in purchases
        ),
    )
