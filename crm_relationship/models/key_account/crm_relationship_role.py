from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .crm_relationship_plan_lock_mixin import check_insiders

DECIDERS = ("economic_buyer", "decision_maker", "approver")
"""Buying roles without whom nothing is bought."""

POWERS = [("none", "None"), ("low", "Low"), ("medium", "Medium"), ("high", "High")]

BONDS = [
    ("1", "Knows us"),
    ("2", "Respects us"),
    ("3", "Trusts us"),
    ("4", "Stands up for us"),
]
"""Levels of the relationship with a person."""


class CrmRelationshipRole(models.Model):
    """A contact's place in a key customer's decision chain, as the account team sees it.

    How it works
        A contact has one role in a plan, and may have another one in another plan. Roles hang
        on each other by "reports to", the formal chain; the hidden one is drawn by power and by
        whom a contact influences. A contact that is archived leaves the chain, and comes back
        with its contact.

    What is private of a contact is kept elsewhere, see ``crm.relationship.role.note``.
    """

    _name = "crm.relationship.role"
    _description = "Role in a Decision Chain"
    _inherit = ["crm.relationship.plan.lock.mixin", "mail.thread", "mail.activity.mixin"]
    _rec_name = "partner_id"
    _order = "plan_id desc, sequence, id"

    plan_id = fields.Many2one(index=True, tracking=True)
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        required=True,
        index=True,
        ondelete="restrict",
        domain="['|', ('id', '=', customer_id), ('id', 'child_of', customer_id)]",
    )
    active = fields.Boolean(
        compute="_compute_active",
        store=True,
        readonly=False,
        precompute=True,
        help="Who is archived has left the chain. A contact that is archived, or moves to another "
        "customer, takes its role along, and brings it back.",
    )
    customer_id = fields.Many2one(related="plan_id.partner_id", string="Customer", store=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    is_team = fields.Boolean(related="plan_id.is_team")
    function = fields.Char(related="partner_id.function")
    image = fields.Image("Photo", related="partner_id.avatar_128")

    # Where it stands.
    level = fields.Selection(
        [("high", "High level"), ("middle", "Middle level"), ("grassroots", "Grass roots")],
        tracking=True,
        group_expand=True,
    )
    department_id = fields.Many2one(
        "crm.relationship.department", ondelete="restrict", index="btree_not_null"
    )
    reports_to_id = fields.Many2one(
        "crm.relationship.role",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('plan_id', '=', plan_id), ('id', '!=', id)]",
    )
    report_ids = fields.One2many("crm.relationship.role", "reports_to_id", "Reports")
    influences_ids = fields.Many2many(
        "crm.relationship.role",
        "crm_relationship_role_influence_rel",
        "role_id",
        "influenced_id",
        domain="[('plan_id', '=', plan_id), ('id', '!=', id)]",
        help="Whom this contact sways beside the formal lines.",
    )

    # What part it plays.
    buying_role = fields.Selection(
        [
            ("economic_buyer", "Economic buyer"),
            ("decision_maker", "Decision maker"),
            ("approver", "Approver"),
            ("evaluator", "Evaluator"),
            ("technical_gatekeeper", "Technical gatekeeper"),
            ("financial_gatekeeper", "Financial gatekeeper"),
            ("user", "User"),
            ("purchaser", "Purchaser"),
            ("influencer", "Influencer"),
        ],
        tracking=True,
        help="The economic buyer releases the money and can say yes when all others say no.",
    )
    is_coach = fields.Boolean(
        "Coach",
        tracking=True,
        help="Wants us to win, is listened to, and tells us how decisions are made.",
    )
    influence = fields.Selection(
        [("0", "Not judged"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")],
        required=True,
        default="0",
        tracking=True,
        help="How much this contact counts in the decision: from 1, little, to 5, decides it.",
    )
    formal_power = fields.Selection(POWERS, help="What its position lets it decide.")
    hidden_power = fields.Selection(
        POWERS, help="What it decides without being asked: who listens, whose favour counts."
    )
    standing = fields.Selection(
        [
            ("inner", "Inner circle"),
            ("structure", "In the structure"),
            ("outside", "Outside"),
        ],
        "Political Standing",
    )
    orientation = fields.Selection(
        [
            ("financial", "Financial"),
            ("technical", "Technical"),
            ("relationship", "Relationship"),
            ("business", "Business"),
        ],
        "Decision Orientation",
        help="What decides the matter for this contact.",
    )
    style = fields.Selection(
        [
            ("analytical", "Analytical"),
            ("organised", "Organised"),
            ("relational", "Relational"),
            ("imaginative", "Imaginative"),
        ],
        "Communication Style",
    )
    is_rising_star = fields.Boolean(
        "Rising Star", tracking=True, help="Will decide more in some years than today."
    )
    is_insatiable = fields.Boolean("Insatiable", help="Whatever we give, it asks for more.")

    # How it stands to us.
    support = fields.Selection(
        [
            ("-2", "Opponent"),
            ("-1", "Not trusting"),
            ("0", "Neutral"),
            ("1", "Well-disposed"),
            ("2", "Supporter"),
        ],
        required=True,
        default="0",
        tracking=True,
        group_expand=True,
    )
    support_score = fields.Float(
        "Support (−2 to +2)",
        compute="_compute_support_score",
        store=True,
        digits=(3, 1),
        aggregator="avg",
    )
    competitor_id = fields.Many2one(
        "crm.relationship.competitor",
        "Strong Supporter Of",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="The competitor whom this contact favours.",
    )
    coverage = fields.Selection(
        [("none", "None"), ("brief", "Brief"), ("multiple", "Multiple"), ("deep", "Deep")],
        required=True,
        default="none",
        tracking=True,
        group_expand=True,
        help="How well we reach this contact.",
    )
    contact_phase = fields.Selection(
        [("know", "Know"), ("link", "Link"), ("trust", "Trust"), ("influence", "Influence")],
        required=True,
        default="know",
        tracking=True,
        group_expand=True,
        help="Know who it is, link up, build up trust, exert influence.",
    )
    relationship_level = fields.Selection(BONDS, "Relationship Today", tracking=True)
    relationship_wanted = fields.Selection(BONDS)
    user_id = fields.Many2one(
        "res.users",
        "Our Person in Charge",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )

    _contact_uniq = models.UniqueIndex(
        "(plan_id, partner_id)", "The contact has a role in this plan already. Change that one."
    )
    _not_itself = models.Constraint(
        "CHECK (reports_to_id IS NULL OR reports_to_id <> id)", "Nobody reports to oneself."
    )

    # Later changes of the contact are followed where they are made, see _follow_contacts().
    @api.depends("partner_id")
    def _compute_active(self):
        for role in self:
            role.active = not role.partner_id or role.partner_id.active

    @api.depends("partner_id.name")
    def _compute_display_name(self):
        for role in self:
            role.display_name = role.partner_id.name or ""

    @api.depends("support")
    def _compute_support_score(self):
        for role in self:
            role.support_score = int(role.support or 0)

    @api.constrains("reports_to_id")
    def _check_reports_to(self):
        if self._has_cycle("reports_to_id"):
            raise ValidationError(
                self.env._(
                    "Somebody would report to one of the own reports, directly or through others. "
                    "Change who that one reports to first."
                )
            )

    @api.constrains("reports_to_id", "influences_ids", "plan_id")
    def _check_same_chain(self):
        message = self.env._("%(other)s belongs to another plan. Choose a role of the same plan.")
        for role in self:
            role._check_same_plan(role.reports_to_id | role.influences_ids, message)
            if role in role.influences_ids:
                raise ValidationError(self.env._("Nobody influences oneself. Remove that line."))

    @api.constrains("partner_id", "plan_id", "active")
    def _check_contact(self):
        for role in self.filtered("active"):
            customer = role.plan_id.partner_id
            contact = role.partner_id
            if not role._is_of_customer(contact, customer):
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s. Choose one of its contacts, or "
                        "move the contact to this customer first.",
                        contact=contact.display_name,
                        customer=customer.display_name,
                    )
                )

    @api.model
    def _is_of_customer(self, contact, customer):
        """Return whether the contact is the customer, or hangs below it anywhere."""
        while contact:
            if contact == customer:
                return True
            contact = contact.sudo().parent_id
        return False

    @api.constrains("user_id", "plan_id")
    def _check_user(self):
        for role in self:
            check_insiders(
                role.user_id, role.company_id, self.env._("the person in charge of a contact")
            )

    def write(self, vals):
        self._refuse_move(vals)
        contact = vals.get("partner_id")
        if contact and not self.env.su and any(role.partner_id.id != contact for role in self):
            raise UserError(
                self.env._(
                    "A role stays with its contact, and so does what is private. Add the other "
                    "contact to the chain, and archive this role."
                )
            )
        return super().write(vals)

    def action_open_contact(self):
        """Open the contact itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
