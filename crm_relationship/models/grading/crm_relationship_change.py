from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..trusting_many2one import TrustingMany2one
from .crm_relationship_profile_behaviour import round_down

GC_LIMIT = 100_000
"""Changes deleted in one go by the daily clean-up."""

EXPIRED = "crm_relationship_expired"
"""Context key: the changes are past the retention."""

BEHAVIOUR_CAUSES = ("opening", "placed", "policy", "up", "down")
"""Causes that the conditions of a tier decide."""

RETENTION = "crm_relationship.change_retention_months"


class CrmRelationshipChange(models.Model):
    """The history: what changed for a customer, when, why and by which run.

    Append only: the runs and manual decisions add rows, nothing edits them.
    """

    _name = "crm.relationship.change"
    _description = "Relationship Change"
    _inherit = ["crm.relationship.backfilled.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = TrustingMany2one("res.partner", "Customer", required=True, readonly=True)
    company_id = TrustingMany2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, help="The day as of which it holds.")
    dimension = fields.Selection(
        [
            ("tier", "Tier"),
            ("stage", "Lifecycle stage"),
            ("ladder", "Customer ladder"),
            ("credit", "Credit grade"),
        ],
        required=True,
        readonly=True,
    )
    old_value = fields.Char("From", readonly=True, help="Code of the former value.")
    new_value = fields.Char("To", readonly=True, help="Code of the new value.")
    old_label = fields.Char("Before", compute="_compute_labels")
    new_label = fields.Char("After", compute="_compute_labels")
    cause = fields.Selection(
        [
            ("opening", "First placement"),
            ("placed", "New customer"),
            ("up", "Up"),
            ("down", "Down"),
            ("decline", "Declining"),
            ("lost", "Lost"),
            ("dismissed", "Dismissed"),
            ("won_back", "Won back"),
            ("policy", "New policy"),
            ("override", "Manual tier"),
            ("override_end", "End of the manual tier"),
            ("outside", "Outside the policy"),
            ("left", "No customer any more"),
            ("merged", "Merged contacts"),
        ],
        required=True,
        readonly=True,
    )
    basis_amount = fields.Monetary(
        "Amount", readonly=True, aggregator=None, help="What the customer was ranked by."
    )
    cut_amount = fields.Monetary(
        "Cut", readonly=True, aggregator=None, help="The cut reached, or after a fall missed."
    )
    evidence = fields.Json(
        readonly=True, help="What else the customer was placed by: visits, guests, amounts."
    )
    note = fields.Char(readonly=True, help="The reason that the user gave.")
    reason = fields.Char(compute="_compute_reason", help="Why it changed, in a sentence.")
    run_id = TrustingMany2one("crm.relationship.run", readonly=True, index="btree_not_null")
    user_id = fields.Many2one("res.users", "By", readonly=True, ondelete="set null")

    # The history of a customer, and in one pass the last change of each up to a day.
    _partner_idx = models.Index("(partner_id, company_id, dimension, date, id) INCLUDE (new_value)")
    _company_date_idx = models.Index("(company_id, date)")

    @api.depends("dimension", "old_value", "new_value", "company_id")
    def _compute_labels(self):
        """Show the names beside the stable codes that the history stores."""
        names = self._get_value_names()
        for change in self:
            for code, label in (("old_value", "old_label"), ("new_value", "new_label")):
                value = change[code]
                change[label] = names.get((change.dimension, change.company_id, value), value)

    def _get_value_names(self):
        """Return the names of the values by dimension, company and code, each subject's read
        once; subjects add theirs.
        """
        # The names of tiers are no secret to who may read the history, hence sudo.
        tiers = self.env["crm.relationship.tier"].sudo()
        return {
            ("tier", tier.company_id, tier.code): tier.display_name
            for tier in tiers.search(
                [("company_id", "in", self.company_id.ids)], order="policy_id desc"
            )
            if tier.policy_id.state != "draft"
        }

    @api.depends(
        "cause", "old_value", "new_value", "basis_amount", "cut_amount", "evidence", "note"
    )
    def _compute_reason(self):
        for change in self:
            change.reason = change._get_reason()

    def _get_reason(self):
        """Return the sentence that explains the change."""
        self.ensure_one()
        values = {
            "old": self.old_label or "",
            "new": self.new_label or "",
            "amount": self._format_money(self.basis_amount),
            "cut": self._format_money(self.cut_amount),
            "note": self.note or "",
        }
        if self.dimension != "tier":
            return self._get_other_reason()
        if self.evidence and self.cause in BEHAVIOUR_CAUSES:
            return self._get_behaviour_reason(values)
        if self.cause in ("opening", "placed", "policy"):
            return self._get_placement_reason(values)
        reasons = {
            "up": self.env._("%(amount)s reaches the cut of %(cut)s for %(new)s.", **values),
            "down": self.env._(
                "%(amount)s is below the cut of %(cut)s for %(old)s, and the grace is over.",
                **values,
            ),
            "override": self.env._("Decided by hand: %(note)s", **values),
            "override_end": self.env._(
                "The manual tier was taken back: %(note)s. The computed one holds.", **values
            )
            if self.note
            else self.env._("The manual tier ended; the computed one holds."),
            "outside": self.env._("No longer among the customers that the policy ranks."),
            "left": self.env._("No invoice, order or opportunity is left."),
            "merged": self.env._("Contacts were merged; the tier of the remaining one holds."),
        }
        return reasons[self.cause]

    def _get_other_reason(self):
        """Return the sentence for another dimension than the tier; subjects override it."""
        return self.note or ""

    def _get_behaviour_reason(self, values):
        """Return the reason where visits and amounts decided together."""
        behaviour = self._describe_behaviour()
        reasons = {
            "opening": self.env._("First placement by %(behaviour)s.", behaviour=behaviour),
            "placed": self.env._("New among the customers: %(behaviour)s.", behaviour=behaviour),
            "policy": self.env._("Placed by a new policy: %(behaviour)s.", behaviour=behaviour),
            "up": self.env._(
                "%(behaviour)s: that meets all conditions of %(new)s.",
                behaviour=behaviour,
                **values,
            ),
            "down": self.env._(
                "%(behaviour)s: that no longer meets all conditions of %(old)s, and the grace is "
                "over.",
                behaviour=behaviour,
                **values,
            ),
        }
        return reasons[self.cause]

    def _describe_behaviour(self):
        """Return such as "6.5 visits, $ 80.00 per guest and $ 5,200.00 a month"."""
        kept = self.evidence
        values = {
            "visits": kept["visit_count"] / kept["months"],
            "amount": self._format_quotient(kept["revenue"], kept["months"]),
        }
        if kept["guest_count"]:
            return self.env._(
                "%(visits).4g visits a month, %(average)s per guest, %(amount)s a month",
                average=self._format_quotient(kept["guest_revenue"], kept["guest_count"]),
                **values,
            )
        return self.env._(
            "%(visits).4g visits a month, %(average)s per visit, %(amount)s a month",
            average=self._format_quotient(kept["revenue"], kept["visit_count"]),
            **values,
        )

    def _get_placement_reason(self, values):
        """Return why a customer without a tier of the policy got this one."""
        if self.cut_amount:
            reasons = {
                "opening": self.env._(
                    "First placement: %(amount)s reaches the cut of %(cut)s.", **values
                ),
                "placed": self.env._(
                    "New among the customers: %(amount)s reaches the cut of %(cut)s.", **values
                ),
                "policy": self.env._(
                    "Placed by a new policy: %(amount)s reaches the cut of %(cut)s.", **values
                ),
            }
        else:
            reasons = {
                "opening": self.env._(
                    "First placement: %(amount)s reaches no cut, the lowest tier.", **values
                ),
                "placed": self.env._(
                    "New among the customers: %(amount)s reaches no cut, the lowest tier.",
                    **values,
                ),
                "policy": self.env._(
                    "Placed by a new policy: %(amount)s reaches no cut, the lowest tier.", **values
                ),
            }
        return reasons[self.cause]

    def _format_quotient(self, amount, divisor):
        """Return a mean, rounded down as everywhere that means are compared."""
        return self._format_money(round_down(amount / (divisor or 1), self.currency_id))

    def _format_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The history is append only: nobody edits it."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_expired(self):
        """Only the retention deletes; no user has the right to, whatever the context."""
        if not self.env.context.get(EXPIRED):
            raise UserError(self.env._("The history is append only: nobody deletes from it."))

    @api.autovacuum
    def _gc_changes(self):
        """Delete what is older than the retention, if one is set.

        The last change before it stays: it says what held when the kept time began.
        """
        months = int(self.env["ir.config_parameter"].sudo().get_param(RETENTION, 0))
        if months > 0:
            limit = fields.Date.today() - relativedelta(months=months)
            rows = self.env.execute_query(self._get_superseded(limit))
            old = self.browse(row[0] for row in rows)
            old.with_context(**{EXPIRED: True}).unlink()

    @api.model
    def _get_superseded(self, limit) -> SQL:
        """Return the SQL of the changes that others of before ``limit`` followed."""
        return SQL(
            """
            SELECT former.id
              FROM crm_relationship_change former
             WHERE former.date < %(limit)s
               AND EXISTS (
                       SELECT 1 FROM crm_relationship_change latter
                        WHERE latter.partner_id = former.partner_id
                          AND latter.company_id = former.company_id
                          AND latter.dimension = former.dimension
                          AND latter.date < %(limit)s
                          AND (latter.date, latter.id) > (former.date, former.id))
             ORDER BY former.id
             LIMIT %(most)s
            """,
            limit=limit,
            most=GC_LIMIT,
        )
