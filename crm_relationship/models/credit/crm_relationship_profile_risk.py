from odoo import api, fields, models
from odoo.tools import ormcache

from ...engine import risk, sources
from ...engine.measurement import WINDOW_MONTHS
from ...engine.periods import window_start


class CrmRelationshipProfile(models.Model):
    """Big is not good: what is known of the five risks of a key customer.

    Nothing is stored: key customers are few, and a run would have to keep what changes daily.
    """

    _inherit = "crm.relationship.profile"

    shows_risks = fields.Boolean(
        "Key Customer",
        compute="_compute_shows_risks",
        help="Of a tier whose customers' risks the credit policy shows.",
    )

    def _compute_shows_risks(self):
        policies = self.env["crm.relationship.credit.policy"]
        for company, profiles in self.grouped("company_id").items():
            tiers = policies._get_risk_tier_ids(company.id)
            for profile in profiles:
                profile.shows_risks = profile.tier_id.id in tiers

    def _get_risk_signs(self, company, as_of, limits):
        """Return ``{profile: {sign: finding}}`` of these profiles of a company.

        A finding has the ``level``, None if it is unknown, and the figures or the judgement that
        it rests on.
        """
        figures = self._measure_risks(company, as_of)
        judged = self._get_risk_judgements(company)
        signs = {}
        for profile in self:
            measured = {
                sign: {
                    **found.get(profile.partner_id.id, {}),
                    "level": risk.level(found.get(profile.partner_id.id, {}).get("value"), limit),
                    "limits": limit,
                }
                for sign, limit in limits.items()
                for found in [figures[sign]]
            }
            signs[profile] = {**measured, **judged.get(profile.partner_id, {})}
        return signs

    def _get_risk_judgements(self, company):
        """Return ``{customer: {sign: finding}}`` of what people judged."""
        judgements = self.env["crm.relationship.risk.judgement"].search(
            [("partner_id", "in", self.partner_id.ids), ("company_id", "=", company.id)]
        )
        found = {}
        for judgement in judgements:
            found.setdefault(judgement.partner_id, {})[judgement.sign] = {
                "level": judgement.level,
                "judgement": judgement,
            }
        return found

    # ----------------------------------------------------------------- figures

    def _measure_risks(self, company, as_of):
        """Return ``{sign: {partner id: figures}}``, in a few queries for all these profiles;
        ``value`` is what the limits are compared with.
        """
        self.env.flush_all()
        # Everybody who may see a profile may see the rules that made it, hence sudo.
        policy = company.sudo()._get_relationship_policy()
        months = policy.window_months or WINDOW_MONTHS
        since = window_start(as_of, months)
        return {
            "terms": self._measure_terms(company, since, as_of),
            "tied_up": self._measure_tied_up(company),
            "discount": self._measure_discounts(company, since, as_of),
            "silence": self._measure_silences(company, as_of, months),
        }

    def _measure_terms(self, company, since, until):
        query = risk.terms(
            company.id, sources.receivable_accounts(self.env), self.partner_id.ids, since, until
        )
        return {
            row["customer_id"]: {"value": row["mean"], "longest": row["longest"]}
            for row in self.env.execute_query_dict(query)
        }

    def _measure_tied_up(self, company):
        """Return what is open in days of sales; more than all sales is as long as they go back."""
        found = {}
        for partner, opinion in self._get_second_opinions(company).items():
            balance = opinion["balance"]
            days = opinion["days_sales_outstanding"]
            found[partner] = {
                "value": float("inf") if days is None and balance > 0 else days,
                "balance": float(balance),
            }
        return found

    def _measure_discounts(self, company, since, until):
        """Return the points by which a discount is deeper than that of the customer's tier."""
        query = risk.discounts(company.id, self.partner_id.ids, since, until)
        owns = {row["customer_id"]: row["percent"] for row in self.env.execute_query_dict(query)}
        found = {}
        for profile in self.filtered("tier_id"):
            own = owns.get(profile.partner_id.id)
            usual = self._get_tier_discount(company.id, profile.tier_id.id, since, until)
            if own is not None and usual is not None:
                found[profile.partner_id.id] = {"value": own - usual, "own": own, "usual": usual}
        return found

    @api.model
    @ormcache("company_id", "tier_id", "since", "until")
    def _get_tier_discount(self, company_id, tier_id, since, until):
        """Return the average discount of a tier's customers in percent, None if they bought
        nothing. Kept in memory for the day: it reads the documents of them all.
        """
        query = risk.tier_discount(company_id, tier_id, since, until)
        return self.env.execute_query_dict(query)[0]["percent"]

    def _measure_silences(self, company, as_of, months):
        stages = self.env["crm.relationship.stage"].sudo()
        stage_terms = stages._get_terms(company, as_of, months)
        if not stage_terms:
            return {}
        return {
            row["customer_id"]: {"value": row["times"], "days": row["days"]}
            for row in self.env.execute_query_dict(risk.silences(stage_terms, self.ids))
        }
