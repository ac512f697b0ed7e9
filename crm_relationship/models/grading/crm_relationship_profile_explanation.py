from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...engine import tier_cuts
from ...engine.measurement import MARGIN_COVERAGE_MIN
from ...engine.periods import window_start


class CrmRelationshipProfile(models.Model):
    """Answers "why this tier?" from the inputs and cuts that the engine grades by.

    Sentences are made here, whole, so that they can be translated; the template
    ``crm_relationship.tier_explanation`` only lays them out.
    """

    _inherit = "crm.relationship.profile"

    tier_explanation = fields.Html(
        "Why?", compute="_compute_tier_explanation", sanitize=False, readonly=True
    )

    def _compute_tier_explanation(self):
        """Render the answer to "why?"; what a company's customers share is read once."""
        for company, profiles in self.grouped("company_id").items():
            profiles._render_tier_explanation(self._get_company_terms(company))

    def _render_tier_explanation(self, terms):
        """Render the answers for profiles of one company."""
        standings = self._get_standings(terms["policy"])
        for profile in self:
            values = profile._prepare_explanation(standings.get(profile.id, {}), **terms)
            profile.tier_explanation = self.env["ir.qweb"]._render(
                "crm_relationship.tier_explanation", values
            )

    def action_explain_tier(self):
        """Open the answer to "why?" in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this tier?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("crm_relationship.crm_relationship_profile_view_form_why").id, "form")
            ],
            "target": "new",
        }

    # ----------------------------------------------------------------- inputs

    def _get_standings(self, policy):
        """Return ``{id: row}`` with what ``policy`` would give to these customers now, see
        :func:`..engine.tier_cuts.standing_now`.
        """
        if not policy or not self.ids:
            return {}
        self.env.flush_all()
        terms = policy._get_tier_terms(fields.Date.context_today(policy))
        rows = self.env.execute_query_dict(tier_cuts.standing_now(terms, self.ids))
        return {row["id"]: row for row in rows}

    @api.model
    def _get_live_cuts(self, policy):
        """Return ``{tier id: row}`` with where the cuts of ``policy`` stand now."""
        self.env.flush_all()
        terms = policy._get_tier_terms(fields.Date.context_today(policy))
        rows = self.env.execute_query_dict(tier_cuts.cuts(terms, tier_cuts.ranked_profiles(terms)))
        return {row["tier_id"]: row for row in rows}

    @api.model
    def _get_company_terms(self, company):
        """Return what the answers of one company share.

        Everybody who may see a profile may see the policy that made it, hence sudo.
        """
        policy = company.sudo()._get_relationship_policy()
        evaluations = self.env["crm.relationship.tier.cut"].sudo()
        return {
            "policy": policy,
            "cuts": self._get_live_cuts(policy) if policy else {},
            "as_of": self.env["crm.relationship.run"].sudo()._get_last(company).as_of,
            "last_evaluation": evaluations.search([("policy_id", "=", policy.id)], limit=1).date,
        }

    def _prepare_explanation(self, standing, policy, cuts, as_of, last_evaluation):
        """Return what the answer to "why?" is made of."""
        self.ensure_one()
        live = policy.tier_ids.filtered(lambda tier: tier.id == standing.get("tier_id"))
        change = self.change_ids.filtered(lambda change: change.dimension == "tier")[:1]
        return {
            "profile": self,
            "policy": policy,
            "verdict": self._explain_verdict(policy, change),
            "reason": bool(self.tier_id and not self.override_tier_id) and change.reason,
            "notices": self._explain_standing(policy),
            "measures": self._explain_amount(policy, as_of, standing, cuts),
            "outlook": self._explain_outlook(policy, cuts, live),
            "ladder": self._prepare_ladder(policy, cuts, live),
            "as_of": as_of,
            "last_evaluation": last_evaluation,
        }

    def _is_reached(self, cut):
        return cut is not None and self.tier_basis > 0 and self.tier_basis >= cut

    def _prepare_ladder(self, policy, cuts, live):
        """Return one row a tier, the best first, and the customer's marks on it."""
        return [
            {
                "tier": tier,
                "cut": cuts[tier.id],
                "is_own": tier == self.tier_id,
                "is_manual": tier == self.override_tier_id,
                "is_live": tier == live != self.tier_id,
            }
            for tier in policy.tier_ids
        ]

    # -------------------------------------------------------------- sentences

    def _explain_verdict(self, policy, change):
        """Return which tier the customer has and since when, or why it has none."""
        customer = self.partner_id.name
        if not policy:
            return self.env._(
                "%(company)s has no active tier policy.", company=self.company_id.name
            )
        if not self.tier_id and not self.purchase_count:
            return self.env._(
                "%(customer)s has no tier, for it has not bought anything yet. The first posted "
                "invoice places it.",
                customer=customer,
            )
        if not self.tier_id:
            return self.env._(
                "%(customer)s has no tier: it is not among the customers that the policy "
                "“%(policy)s” ranks.",
                customer=customer,
                policy=policy.name,
            )
        if not change:
            return self.env._(
                "%(customer)s is %(tier)s.", customer=customer, tier=self._name_tier()
            )
        return self.env._(
            "%(customer)s is %(tier)s since %(date)s.",
            customer=customer,
            tier=self._name_tier(),
            date=self._format_day(change.date),
        )

    def _explain_standing(self, policy):
        """Return the sentences about what is special: ``[(severity, sentence)]``."""
        return [
            (severity, sentence)
            for severity, sentence in (
                ("secondary", self._explain_frozen()),
                ("warning", self._explain_override()),
                ("danger", self._explain_below_zero()),
                ("info", self._explain_newcomer(policy)),
                ("info", self._explain_uncounted()),
            )
            if sentence
        ]

    def _explain_frozen(self):
        return self.tier_standing == "frozen" and self.env._(
            "Archived: it keeps its last tier, gets no new results and does not count among the "
            "others."
        )

    def _explain_override(self):
        if not self.override_tier_id:
            return False
        decided = self.env._(
            "Decided by hand by %(user)s: “%(reason)s”.",
            user=self.override_user_id.sudo().name or self.env._("somebody who has left"),
            reason=self.override_reason,
        )
        computed = self.computed_tier_id.display_name or self.env._("none")
        until = (
            self.env._(
                "It holds through %(date)s; after that the computed tier, now %(tier)s.",
                date=self._format_day(self.override_until),
                tier=computed,
            )
            if self.override_until
            else self.env._(
                "It holds until taken back; the computed tier is %(tier)s.", tier=computed
            )
        )
        return f"{decided} {until}"

    def _explain_below_zero(self):
        return self.is_below_zero and self.env._(
            "Below zero: the customer costs more than it brings, so it has the lowest tier "
            "wherever the cuts stand."
        )

    def _explain_newcomer(self, policy):
        if not (self.is_newcomer and self.first_purchase_date):
            return False
        last_day = self.first_purchase_date + timedelta(days=policy.nurture_days - 1)
        return self.env._(
            "Newcomer: it first bought on %(first)s. Through %(last)s the lists of small customers "
            "leave it out.",
            first=self._format_day(self.first_purchase_date),
            last=self._format_day(last_day),
        )

    def _explain_uncounted(self):
        if self.tier_standing == "unranked":
            return self.env._(
                "It bought nothing within the window, so it has the lowest tier and does not "
                "count among those that the shares are taken of."
            )
        if self.tier_standing == "unknown":
            return self.env._(
                "The amount it is ranked by is unknown, so it keeps its tier: costs are known for "
                "%(coverage).0f %% of its revenue, and %(needed).0f %% are needed.",
                coverage=self.margin_coverage,
                needed=MARGIN_COVERAGE_MIN,
            )
        return False

    def _explain_amount(self, policy, as_of, standing, cuts):
        """Return what the customer is placed by and which place that gives."""
        if not (policy and as_of and self.tier_standing):
            return []
        window = {
            "start": self._format_day(window_start(as_of, policy.window_months)),
            "end": self._format_day(as_of),
        }
        if policy.method == "behaviour":
            return [self._explain_behaviour(policy, window)]
        sentences = []
        if self.tier_standing != "unknown":
            basis = dict(policy._fields["basis"]._description_selection(self.env))[policy.basis]
            sentences.append(
                self.env._(
                    "%(basis)s from %(start)s to %(end)s: %(amount)s.",
                    basis=basis,
                    amount=self._format_amount(self.tier_basis),
                    **window,
                )
            )
        if self.tier_standing == "ranked" and standing:
            population = next(iter(cuts.values()))["population"]
            sentences.append(self._explain_rank(standing["rank"], population))
        if policy.method == "revenue_share" and standing.get("total"):
            sentences.append(self._explain_concentration(standing))
        return sentences

    def _explain_concentration(self, standing):
        """Return the sum that Pareto compares with the cuts."""
        return self.env._(
            "The customers with more bring %(percent).4g %% of the total of %(total)s.",
            percent=100 * standing["greater"] / standing["total"],
            total=self._format_amount(standing["total"]),
        )

    def _explain_rank(self, rank, population):
        """Return the place; the percentage only where it flatters."""
        percent = -(-100 * rank // population)
        if percent > 50:
            return self.env._(
                "That is rank %(rank)s of %(population)s customers.",
                rank=rank,
                population=population,
            )
        return self.env._(
            "That is rank %(rank)s of %(population)s customers, within the best %(percent)s %%.",
            rank=rank,
            population=population,
            percent=percent,
        )

    def _explain_outlook(self, policy, cuts, live):
        """Return what would change the tier, up or down, and when."""
        sentences = [
            self._explain_missing(policy, cuts, live),
            self._explain_live(policy, live),
            self._explain_grace(policy),
        ]
        return [sentence for sentence in sentences if sentence]

    def _explain_missing(self, policy, cuts, live):
        """Return how far the next better tier is away."""
        if self.tier_standing not in ("ranked", "unranked"):
            return False
        if policy.method == "behaviour":
            return self._explain_missing_behaviour(policy, live)
        missed = policy.tier_ids.filtered(
            lambda tier: (
                cuts[tier.id]["cut_value"] is not None
                and not self._is_reached(cuts[tier.id]["cut_value"])
            )
        )
        if not missed:
            return self.env._("No tier is better.")
        amount = cuts[missed[-1].id]["cut_value"] - self.tier_basis
        return amount > 0 and self.env._(
            "%(amount)s more would reach %(tier)s as the cuts stand now.",
            amount=self._format_amount(amount),
            tier=missed[-1].display_name,
        )

    def _explain_live(self, policy, live):
        """Return that tiers move at evaluations, where the present amount says otherwise."""
        if not live or live == self.tier_id or self.override_tier_id or self.below_count:
            return False
        return policy.next_evaluation_date and self.env._(
            "By the present amount it would be %(tier)s; tiers rise and fall at the next "
            "evaluation, on %(date)s.",
            tier=live.display_name,
            date=self._format_day(policy.next_evaluation_date),
        )

    def _explain_grace(self, policy):
        """Return the grace used and when it ends."""
        if not self.below_count:
            return False
        left = policy.grace_evaluations - self.below_count
        return self.env._(
            "Grace: below its tier at %(count)s of %(grace)s evaluations in a row. Unless it "
            "recovers, it falls to %(tier)s on %(date)s.",
            count=self.below_count,
            grace=policy.grace_evaluations,
            tier=self._get_fall_tier(policy).display_name,
            date=self._format_day(policy._get_evaluation_date(left)),
        )

    def _get_fall_tier(self, policy):
        """Return the tier that the customer falls to when the grace is over."""
        tiers = policy.tier_ids
        if policy.fall == "step" and self.tier_id in tiers:
            return tiers[tiers.ids.index(self.tier_id.id) + 1 :][:1]
        return self.computed_tier_id

    def _name_tier(self):
        return self.tier_id.display_name

    def _format_day(self, day):
        return format_date(self.env, day) if day else ""

    def _format_amount(self, amount):
        return format_amount(self.env, amount, self.currency_id)
