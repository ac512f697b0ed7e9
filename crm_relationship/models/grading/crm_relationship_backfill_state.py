from odoo import fields, models


class CrmRelationshipBackfillState(models.Model):
    """What a backfill carries from period-end to period-end, a row a customer.

    It has the names of the profile's columns, so that the engine grades both by the same
    statements. Nobody reads it but the engine; a backfill that is done leaves it empty.
    """

    _name = "crm.relationship.backfill.state"
    _description = "State of a Backfill"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    purchase_count = fields.Integer()
    first_purchase_date = fields.Date()
    last_purchase_date = fields.Date()
    revenue_previous = fields.Monetary()
    stage_id = fields.Many2one("crm.relationship.stage", ondelete="cascade")
    stage_date = fields.Date()
    stage_purchase_date = fields.Date()
    dismissed_date = fields.Date(help="Always empty: not known of the past.")
    visit_count = fields.Integer()
    guest_count = fields.Integer()
    guest_revenue = fields.Monetary()
    revenue = fields.Monetary()
    tier_basis = fields.Monetary()
    evaluated_basis = fields.Monetary()
    tier_standing = fields.Char()
    tier_id = fields.Many2one("crm.relationship.tier", ondelete="cascade")
    computed_tier_id = fields.Many2one("crm.relationship.tier", ondelete="cascade")
    below_count = fields.Integer(required=True, default=0)
    override_tier_id = fields.Many2one(
        "crm.relationship.tier", ondelete="cascade", help="Always empty: not known of the past."
    )
    override_until = fields.Date(help="Always empty.")

    _partner_company_uniq = models.UniqueIndex("(partner_id, company_id)")
