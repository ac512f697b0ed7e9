from odoo import fields, models


class CrmRelationshipTierCut(models.Model):
    """One tier at one evaluation: where the cut stood and how many were in it.

    It is what "why?" answers with, so nobody edits it.
    """

    _name = "crm.relationship.tier.cut"
    _description = "Tier Evaluation"
    _order = "date desc, policy_id, sequence, id"
    _rec_name = "tier_id"
    _log_access = False

    policy_id = fields.Many2one(
        "crm.relationship.tier.policy", required=True, ondelete="cascade", index=True
    )
    tier_id = fields.Many2one("crm.relationship.tier", required=True, ondelete="cascade")
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour", aggregator=None)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(related="tier_id.sequence", store=True)
    date = fields.Date(required=True, help="The day as of which the customers were evaluated.")
    population = fields.Integer(
        "Ranked Customers", aggregator="max", help="How many customers were compared."
    )
    cut_rank = fields.Integer(help="The last rank inside the tier.", aggregator=None)
    cut_value = fields.Monetary(
        "Cut", aggregator=None, help="The least amount that was inside the tier."
    )
    has_cut = fields.Boolean(help="Whether anybody could be inside: a share may round to none.")
    customer_count = fields.Integer("Customers", help="Customers in the tier after the evaluation.")
    basis_total = fields.Monetary(
        "Amount", help="Sum of the amounts that the customers of the tier were ranked by."
    )
    revenue_total = fields.Monetary(
        "Revenue", help="Untaxed revenue of the tier's customers in the window that ended then."
    )

    _evaluation_uniq = models.UniqueIndex("(policy_id, date, tier_id)")
