from odoo import fields, models
from odoo.tools import formatLang

from ...engine import second_opinion, sources


class CrmRelationshipProfile(models.Model):
    """What the credit score is compared with: how the customer pays, and its books."""

    _inherit = "crm.relationship.profile"

    payment_index = fields.Float(
        compute="_compute_second_opinion",
        digits=(5, 1),
        help="20 to 100 on the trade's scale: 80 is prompt, 50 is 30 days beyond the terms.",
    )
    days_beyond_terms = fields.Float(
        compute="_compute_second_opinion",
        digits=(16, 1),
        help="Of what was paid in 24 months and of what is overdue, weighted by the amounts.",
    )
    days_sales_outstanding = fields.Float(compute="_compute_second_opinion", digits=(16, 1))
    best_possible_dso = fields.Float(
        "Best Possible DSO", compute="_compute_second_opinion", digits=(16, 1)
    )

    def _compute_second_opinion(self):
        for company, profiles in self.grouped("company_id").items():
            found = profiles._get_second_opinions(company)
            for profile in profiles:
                opinion = found.get(profile.partner_id.id, {})
                for name in (
                    "payment_index",
                    "days_beyond_terms",
                    "days_sales_outstanding",
                    "best_possible_dso",
                ):
                    profile[name] = float(opinion.get(name) or 0)

    def _get_second_opinions(self, company):
        """Return ``{partner id: {name: value}}``, None for what can't be told."""
        if not self.ids:
            return {}
        self.env.flush_all()
        as_of = self._get_credit_day(company)
        payments = second_opinion.find(
            self.env,
            company.id,
            sources.receivable_accounts(self.env),
            self.partner_id.ids,
            as_of,
        )
        return {
            partner: {
                "payments": paid,
                "days_beyond_terms": second_opinion.days_beyond_terms(paid),
                "payment_index": second_opinion.payment_index(
                    second_opinion.days_beyond_terms(paid)
                ),
                "days_sales_outstanding": second_opinion.days_sales_outstanding(paid, as_of),
                "best_possible_dso": second_opinion.best_possible_dso(paid, as_of),
            }
            for partner, paid in payments.items()
        }

    def _get_credit_day(self, company):
        """Return the day that the credit is as of: that of the last recalculation."""
        last = self.env["crm.relationship.run"].sudo()._get_last(company)
        return last.as_of or company._get_relationship_today()

    def _prepare_credit_explanation(self, rows, as_of, policy, terms):
        return {
            **super()._prepare_credit_explanation(rows, as_of, policy, terms),
            "opinions": self._prepare_second_opinion(as_of),
        }

    def _prepare_second_opinion(self, as_of):
        """Return name, value and meaning of each second opinion."""
        opinion = self._get_second_opinions(self.company_id).get(self.partner_id.id, {})
        statements = self.env["crm.relationship.credit.statement"].sudo()
        statement = statements.with_company(self.company_id)._get_current(self.partner_id, as_of)
        zones = dict(statement._fields["z_zone"]._description_selection(self.env))
        rows = [
            (
                self.env._("Payment index"),
                opinion.get("payment_index"),
                self.env._(
                    "%(days)s days beyond the terms in the mean; 80 is prompt, 50 is 30 days late.",
                    days=self._format_opinion(opinion.get("days_beyond_terms")),
                ),
            ),
            (
                self.env._("Days sales outstanding"),
                opinion.get("days_sales_outstanding"),
                self.env._("The balance, counted back through the sales month by month."),
            ),
            (
                self.env._("Best possible DSO"),
                opinion.get("best_possible_dso"),
                self.env._("If nothing were overdue."),
            ),
            (
                self.env._("Altman Z′"),
                statement.z_score if statement.z_zone else None,
                self.env._(
                    "%(zone)s, by the statement to %(date)s.",
                    zone=zones[statement.z_zone],
                    date=statement.date_end,
                )
                if statement.z_zone
                else self.env._("No financial statement that counts."),
            ),
        ]
        return [
            {"name": name, "value": self._format_opinion(value), "meaning": meaning}
            for name, value, meaning in rows
        ]

    def _format_opinion(self, value):
        if value is None:
            return self.env._("unknown")
        return formatLang(self.env, float(value), digits=1)
