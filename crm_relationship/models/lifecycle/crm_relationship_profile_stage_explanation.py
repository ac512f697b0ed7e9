from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import format_amount, format_date

from ...engine import stage
from ...engine.measurement import WINDOW_MONTHS
from ...engine.periods import period_end


class CrmRelationshipProfile(models.Model):
    """Answers "why this stage?" from the inputs and limits that the engine grades by.

    Sentences are made here, whole, so that they can be translated; the template
    ``crm_relationship.stage_explanation`` only lays them out.
    """

    _inherit = "crm.relationship.profile"

    stage_explanation = fields.Html(
        "Why This Stage?", compute="_compute_stage_explanation", sanitize=False, readonly=True
    )

    def _compute_stage_explanation(self):
        """Render the answers; what a company's customers share is read once."""
        for company, profiles in self.grouped("company_id").items():
            shared = self._get_stage_shared(company)
            standings = profiles._get_stage_standings(shared["terms"])
            for profile in profiles:
                values = profile._prepare_stage_explanation(standings.get(profile.id), **shared)
                profile.stage_explanation = self.env["ir.qweb"]._render(
                    "crm_relationship.stage_explanation", values
                )

    def action_explain_stage(self):
        """Open the answer to "why this stage?" in a dialog."""
        self.ensure_one()
        view = self.env.ref("crm_relationship.crm_relationship_profile_view_form_why_stage")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this stage?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    # ----------------------------------------------------------------- inputs

    def _get_stage_shared(self, company):
        """Return what the answers of one company share.

        Everybody who may see a profile may see the rules that made it, hence sudo.
        """
        as_of = (
            self.env["crm.relationship.run"].sudo()._get_last(company).as_of
            or company._get_relationship_today()
        )
        policy = company.sudo()._get_relationship_policy()
        stages = self.env["crm.relationship.stage"].sudo()
        evaluations = self.env["crm.relationship.stage.evaluation"].sudo()
        return {
            "as_of": as_of,
            "stages": stages._get_of_company(company),
            "terms": stages._get_terms(company, as_of, policy.window_months or WINDOW_MONTHS),
            "evaluation": evaluations._get_valid(company, as_of),
        }

    def _get_stage_standings(self, terms):
        """Return ``{id: row}`` with what the rules say now, see
        :func:`..engine.stage.standing_now`.
        """
        if not terms or not self.ids:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query_dict(stage.standing_now(terms, self.ids))
        return {row["id"]: row for row in rows}

    def _prepare_stage_explanation(self, standing, as_of, stages, terms, evaluation):
        """Return what the answer to "why?" is made of."""
        self.ensure_one()
        change = self.change_ids.filtered(lambda change: change.dimension == "stage")[:1]
        facts = self._get_stage_facts(standing, as_of) if standing else {}
        return {
            "profile": self,
            "as_of": as_of,
            "evaluation": evaluation,
            "verdict": self._explain_stage_verdict(as_of),
            "reason": change.reason,
            "measures": self._explain_stage_measures(facts, evaluation, terms) if facts else [],
            "outlook": self._explain_stage_outlook(facts, as_of, stages, terms) if facts else [],
            "steps": self._prepare_stage_steps(facts, stages, terms) if facts else [],
        }

    def _get_stage_facts(self, standing, as_of):
        """Return the customer's figures that the limits are compared with."""
        first, last = self.first_purchase_date, self.last_purchase_date
        return {
            **standing,
            "target": stage.CODES[standing["target"] - 1],
            "count": self.purchase_count,
            "tenure": (as_of - first).days if first else 0,
            "silence": (as_of - last).days if last else 0,
        }

    def _prepare_stage_steps(self, facts, stages, terms):
        """Return one row a stage: what it asks for, and whether that holds."""
        bought = facts["count"] > 0
        lost = bought and facts["silence"] >= facts["lost_silence"]
        holds = {
            "prospect": not bought,
            "exploration": bought,
            "formation": self._reaches(facts, terms.formation),
            "stability": self._reaches(facts, terms.stability) and not facts["is_weak"],
            "decline": bought
            and (facts["silence"] >= facts["decline_silence"] or bool(facts["shrinks"])),
            "lost": lost or bool(self.dismissed_date),
        }
        return [
            {
                "stage": item,
                "holds": holds[item.code],
                "is_own": item == self.stage_id,
                "is_target": item.code == facts["target"] != self.stage_code,
            }
            for item in stages
        ]

    def _reaches(self, facts, limits):
        count, days = limits
        return facts["count"] >= count and facts["tenure"] >= days

    # -------------------------------------------------------------- sentences

    def _explain_stage_verdict(self, as_of):
        customer = self.partner_id.name
        if not self.stage_id:
            return self.env._(
                "%(customer)s has no lifecycle stage yet. The next recalculation places it.",
                customer=customer,
            )
        return self.env._(
            "%(customer)s is in %(stage)s since %(date)s, %(days)s days.",
            customer=customer,
            stage=self.stage_id.name,
            date=format_date(self.env, self.stage_date),
            days=(as_of - self.stage_date).days,
        )

    def _explain_stage_measures(self, facts, evaluation, terms):
        """Return the sentences with the customer's figures."""
        if not facts["count"]:
            return [self.env._("It has not bought anything yet.")]
        sentences = [
            self.env._(
                "It bought on %(count)s days, first %(tenure)s days ago (%(first)s) and last "
                "%(silence)s days ago (%(last)s).",
                first=format_date(self.env, self.first_purchase_date),
                last=format_date(self.env, self.last_purchase_date),
                **facts,
            ),
            self._explain_rhythm(facts, evaluation, terms),
            self.env._(
                "It brought %(revenue)s in the window, and %(previous)s in the window before.",
                revenue=self._format_stage_money(self.revenue),
                previous=self._format_stage_money(self.revenue_previous),
            ),
        ]
        if not self._is_comparison_asked(terms):
            sentences.append(
                self.env._(
                    "The two are not compared: that is asked of customers since %(months)s months "
                    "that brought something in the window before.",
                    months=2 * terms.window_months,
                )
            )
        return sentences

    def _explain_rhythm(self, facts, evaluation, terms):
        """Return whose rhythm the silence is measured by."""
        if facts["count"] >= stage.OWN_RHYTHM_PURCHASES:
            return self.env._(
                "Its own rhythm is a purchase every %(days)s days.",
                days=f"{self.purchase_interval_days:.4g}",
            )
        if evaluation.customer_count:
            return self.env._(
                "With fewer than three purchase days it has no rhythm of its own. The median of "
                "%(customers)s customers on %(date)s holds: a purchase every %(days)s days.",
                customers=evaluation.customer_count,
                date=format_date(self.env, evaluation.date),
                days=f"{evaluation.median_days:.4g}",
            )
        return self.env._(
            "No customer has a rhythm yet. The company's usual one holds: a purchase every "
            "%(days)s days.",
            days=f"{terms.rhythm:f}".rstrip("0").rstrip("."),
        )

    def _is_comparison_asked(self, terms):
        two_windows = terms.as_of - relativedelta(months=2 * terms.window_months)
        first = self.first_purchase_date
        return bool(first) and first <= two_windows and self.revenue_previous > 0

    def _explain_stage_outlook(self, facts, as_of, stages, terms):
        """Return the sentences on what comes next, with the dates."""
        if self.tier_standing == "frozen":
            return [self.env._("Archived: it keeps its stage and gets no new one.")]
        if self.dismissed_date:
            return [
                self.env._(
                    "Dismissed by us on %(date)s: it stays lost, whatever it buys, until a credit "
                    "approver lifts that.",
                    date=format_date(self.env, self.dismissed_date),
                )
            ]
        names = {item.code: item.name for item in stages}
        sentences = self._explain_decay(facts, names)
        upward = self._explain_rise(facts, as_of, names, terms)
        return [*sentences, upward] if upward else sentences

    def _explain_decay(self, facts, names):
        """Return when the customer declines and is lost if it does not buy."""
        if not facts["count"] or self.stage_code == "lost":
            return []
        sentences = []
        for code in ("decline", "lost"):
            days = facts[f"{code}_silence"]
            if facts["silence"] < days and (code == "lost" or self.stage_code != "decline"):
                sentences.append(
                    self.env._(
                        "%(stage)s on %(date)s, after %(days)s days without a purchase.",
                        stage=names[code],
                        date=format_date(self.env, self.last_purchase_date + timedelta(days=days)),
                        days=days,
                    )
                )
        return sentences

    def _explain_rise(self, facts, as_of, names, terms):
        """Return what brings the customer up, or down, at a month-end."""
        month_end = self._get_next_month_end(as_of)
        if self.stage_code in ("decline", "lost"):
            return self._explain_winning_back(facts, names, terms, month_end)
        place = stage.CODES.index(self.stage_code) if self.stage_code else -1
        if place >= 0 and stage.CODES.index(facts["target"]) < place:
            return self.env._(
                "Down to %(stage)s on %(date)s, the next month-end, if nothing changes.",
                stage=names[facts["target"]],
                date=format_date(self.env, month_end),
            )
        if place < 0 or self.stage_code == "stability":
            return False
        following = stage.CODES[place + 1]
        missing = self._explain_missing_for_stage(following, facts, terms)
        if missing:
            return self.env._(
                "Up to %(stage)s at a month-end: %(missing)s.",
                stage=names[following],
                missing=missing,
            )
        return self.env._(
            "Up to %(stage)s on %(date)s, the next month-end, if nothing changes.",
            stage=names[following],
            date=format_date(self.env, month_end),
        )

    def _get_next_month_end(self, as_of):
        """Return the first month-end that is not evaluated yet."""
        evaluation = self.env["crm.relationship.stage.evaluation"].sudo()
        last = evaluation._get_valid(self.company_id, as_of).evaluated_until or as_of
        return period_end(last + timedelta(days=1), "monthly")

    def _explain_winning_back(self, facts, names, terms, month_end):
        if facts["shrinks"]:
            least = self.revenue_previous * float(terms.decline_percent) / 100
            return self.env._(
                "It is won back at a month-end once the window's revenue reaches %(amount)s, now "
                "%(revenue)s, and it has bought since it entered.",
                amount=self._format_stage_money(least),
                revenue=self._format_stage_money(self.revenue),
            )
        if facts["target"] in ("decline", "lost"):
            return self.env._("It is won back at the month-end after it buys again.")
        if not self._has_bought_since():
            return self.env._(
                "Neither limit is passed any more, but it has not bought since. It is won back at "
                "the month-end after a purchase."
            )
        target = "formation" if self._reaches(facts, terms.formation) else "exploration"
        return self.env._(
            "It bought again: won back on %(date)s, the next month-end, to %(stage)s.",
            date=format_date(self.env, month_end),
            stage=names[target],
        )

    def _has_bought_since(self):
        """Return whether it bought after it entered its stage, as the engine sees it."""
        known, last = self.stage_purchase_date, self.last_purchase_date
        return bool(last) and last >= self.stage_date and (not known or last > known)

    def _explain_missing_for_stage(self, code, facts, terms):
        """Return what the customer lacks for a stage, empty if nothing."""
        if code == "exploration":
            return "" if facts["count"] else self.env._("the first purchase")
        count, days = getattr(terms, code)
        parts = []
        if facts["count"] < count:
            parts.append(self.env._("%(days)s more purchase days", days=count - facts["count"]))
        if facts["tenure"] < days and self.first_purchase_date:
            parts.append(
                self.env._(
                    "customer for %(days)s days, on %(date)s",
                    days=days,
                    date=format_date(self.env, self.first_purchase_date + timedelta(days=days)),
                )
            )
        if code == "stability" and facts["is_weak"]:
            least = self.revenue_previous * float(terms.stability_percent) / 100
            parts.append(
                self.env._(
                    "revenue of %(amount)s in the window", amount=self._format_stage_money(least)
                )
            )
        return ", ".join(parts)

    def _format_stage_money(self, amount):
        return format_amount(self.env, amount, self.currency_id)
