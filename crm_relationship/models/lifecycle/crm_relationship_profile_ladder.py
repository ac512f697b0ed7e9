from odoo import fields, models


class CrmRelationshipProfile(models.Model):
    """The customer's place on the ladder, and what it is found by."""

    _inherit = "crm.relationship.profile"

    ladder_step = fields.Selection(
        [
            ("suspect", "Suspect"),
            ("prospect", "Prospect"),
            ("first_time", "First-time Buyer"),
            ("repeat", "Repeat Buyer"),
            ("client", "Client"),
            ("member", "Member"),
            ("advocate", "Advocate"),
            ("disqualified", "Disqualified"),
        ],
        readonly=True,
        help="The highest step of the customer ladder that holds.",
    )
    ladder_date = fields.Date("On the Step Since", readonly=True)
    ladder_mark = fields.Selection(
        [("advocate", "Advocate"), ("disqualified", "Disqualified")],
        "Marked As",
        help="Decided by hand. An advocate recommends us, known without a referral; it counts "
        "from the first purchase on. Disqualified holds until the first purchase.",
    )
    yearly_need = fields.Monetary(
        help="What the customer buys in a year from everybody, untaxed. Our share of it tells a "
        "client; without it the share is taken as given.",
    )
    open_deal_count = fields.Integer(
        "Open Deals",
        readonly=True,
        help="Open or won opportunities, quotations and orders.",
    )
    lost_deal_count = fields.Integer("Lost Opportunities", readonly=True)
    card_count = fields.Integer("Active Loyalty Cards", readonly=True)
    referred_buyer_count = fields.Integer(
        "Referred Buyers", readonly=True, help="Customers that bought and were referred by it."
    )
    source_id = fields.Many2one(
        "utm.source",
        readonly=True,
        ondelete="set null",
        help="Source of the customer's first opportunity or order that has one.",
    )
