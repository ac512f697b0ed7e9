from datetime import timedelta

from odoo import api, models

from .crm_relationship_complaint import FEATURE

WATCHED = {"is_safety", "partner_id", "category_id"}
"""What may turn a complaint into one that the executives hear of at once."""


class CrmRelationshipComplaint(models.Model):
    """Complaints that the executives hear of at once.

    Those of a top tier customer, safety matters, and the third of a customer within a number of
    days: the company's settings say which.
    """

    _inherit = "crm.relationship.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._check_at_once()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & WATCHED:
            self._check_at_once()
        return result

    @api.model
    def _is_feature_on(self):
        """Return whether complaints are switched on."""
        return self.env.ref(FEATURE) in self.env.ref("base.group_user").all_implied_ids

    def _check_at_once(self):
        """Tell the executives of those complaints of which they have to hear at once."""
        # Who enters a complaint need not know what the executives are told of.
        if not self.sudo()._is_feature_on():
            return
        opened = self.sudo().filtered(lambda complaint: complaint.stage_code != "closed")
        opened._check_safety()
        opened._check_top()
        opened._check_repeated()

    def _check_safety(self):
        found = self.filtered(
            lambda one: one.is_safety and one.company_id.relationship_complaint_escalate_safety
        )
        if found:
            found._escalate_at_once("safety", self.env._("It is a safety matter."))

    def _check_top(self):
        candidates = self.filtered("company_id.relationship_complaint_escalate_top")
        profiles = self.env["crm.relationship.profile"].search(
            [
                ("partner_id", "in", candidates.partner_id.ids),
                ("company_id", "in", candidates.company_id.ids),
                ("tier_id.is_top", "=", True),
            ]
        )
        best = {(profile.partner_id, profile.company_id) for profile in profiles}
        found = candidates.filtered(lambda one: (one.partner_id, one.company_id) in best)
        if found:
            found._escalate_at_once("top", self.env._("The customer is of the top tier."))

    def _check_repeated(self):
        """Find the n-th complaint, and those after it, of a customer within the days."""
        for company, complaints in self.grouped("company_id").items():
            limit = company.relationship_complaint_escalate_count
            days = company.relationship_complaint_escalate_days
            if not limit:
                continue
            since = min(complaints.mapped("date_received")) - timedelta(days)
            received = self._read_group(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", complaints.partner_id.ids),
                    ("date_received", ">=", since),
                ],
                ["partner_id"],
                ["date_received:array_agg"],
            )
            dates = dict(received)
            found = complaints.filtered(
                lambda one, dates=dates, days=days, limit=limit: one._is_repeated(
                    dates[one.partner_id], days, limit
                )
            )
            if found:
                found._escalate_at_once(
                    "repeat",
                    self.env._(
                        "The customer has complained %(count)s times or more within %(days)s days.",
                        count=limit,
                        days=days,
                    ),
                )

    def _is_repeated(self, dates, days, limit):
        """Return whether so many complaints were received within the days before this one."""
        since = self.date_received - timedelta(days)
        return sum(since <= date <= self.date_received for date in dates) >= limit
