from odoo import models
from odoo.tools import format_date

from ...engine import second_opinion, sources
from ..numbers import format_short


class CrmRelationshipProfile(models.Model):
    """What the credit score is compared with: how the customer pays, and its books."""

    _inherit = "crm.relationship.profile"

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
        found = {}
        for partner, paid in payments.items():
            days = second_opinion.days_beyond_terms(paid)
            found[partner] = {
                "days_beyond_terms": days,
                "payment_index": second_opinion.payment_index(days),
                "days_sales_outstanding": second_opinion.days_sales_outstanding(paid, as_of),
                "best_possible_dso": second_opinion.best_possible_dso(paid),
            }
        return found

    def _get_credit_inputs(self, company, shared):
        """Add the second opinions and the financial statements that count, read once for all.

        Whoever may see a profile may see what its credit is judged by, hence sudo.
        """
        inputs = super()._get_credit_inputs(company, shared)
        statements = self.env["crm.relationship.credit.statement"].sudo().with_company(company)
        current = statements._get_current(self.partner_id, shared["as_of"])
        opinions = self._get_second_opinions(company)
        for profile in self:
            customer = profile.partner_id
            inputs[profile.id].update(
                opinion=opinions.get(customer.id, {}),
                statement=current.get(customer.id, statements),
            )
        return inputs

    def _prepare_credit_explanation(self, inputs, shared):
        return {
            **super()._prepare_credit_explanation(inputs, shared),
            "opinions": self._prepare_second_opinion(inputs["opinion"], inputs["statement"]),
        }

    def _prepare_second_opinion(self, opinion, statement):
        """Return name, value and meaning of each second opinion."""
        zones = dict(statement._fields["z_zone"]._description_selection(self.env))
        rows = [
            (
                self.env._("Payment index"),
                self._format_opinion(opinion.get("payment_index"), 1),
                self._explain_payment_index(opinion.get("days_beyond_terms")),
            ),
            (
                self.env._("Days sales outstanding"),
                self._format_days(opinion.get("days_sales_outstanding")),
                self.env._("The balance, counted back through the sales month by month."),
            ),
            (
                self.env._("Best possible DSO"),
                self._format_days(opinion.get("best_possible_dso")),
                self.env._("If nothing were overdue."),
            ),
            (
                self.env._("Altman Z′"),
                self._format_opinion(statement.z_score if statement.z_zone else None, 2),
                self._explain_z_score(statement, zones),
            ),
        ]
        return [{"name": name, "value": value, "meaning": meaning} for name, value, meaning in rows]

    def _explain_payment_index(self, days):
        if days is None:
            return self.env._("Nothing was paid in 24 months, and nothing is overdue.")
        if days < 0:
            return self.env._(
                "%(days)s days before the terms end in the mean; 80 is prompt, 90 is 20 days "
                "early.",
                days=format_short(self.env, -days, 1),
            )
        return self.env._(
            "%(days)s days beyond the terms in the mean; 80 is prompt, 50 is 30 days late.",
            days=format_short(self.env, days, 1),
        )

    def _explain_z_score(self, statement, zones):
        if not statement:
            return self.env._("No financial statement that counts.")
        if not statement.z_zone:
            return self.env._("Without assets or liabilities there is nothing to divide by.")
        return self.env._(
            "%(zone)s, by the statement to %(date)s.",
            zone=zones[statement.z_zone],
            date=format_date(self.env, statement.date_end),
        )

    def _format_opinion(self, value, digits):
        if value is None:
            return self.env._("unknown")
        return format_short(self.env, value, digits)

    def _format_days(self, days):
        if days is None:
            return self.env._("unknown")
        return self.env._("%(days)s days", days=format_short(self.env, days, 1))
