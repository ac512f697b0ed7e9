from odoo import api, fields, models
from odoo.tools import format_amount, format_date, formatLang

from ...engine.ladder import CLIENT_PURCHASES, CLIENT_SHARE, STEPS

FADING = ("decline", "lost")
"""Stages of customers that are no clients any more."""

MET, MISSED, GIVEN = "met", "missed", "given"
"""Whether a condition holds, or is taken as given because nobody knows."""

CLIMBING = ("disqualified", "suspect", "prospect", "first_time", "repeat", "client", "member",
            "advocate")  # fmt: skip
"""Steps in the order in which they can be reached, those who stand beside first."""


class CrmRelationshipProfile(models.Model):
    """Answers "why this step?": the rule of each step with the customer's own figures.

    The figures are those that :mod:`..engine.ladder` decides by. A profile that is not
    stored, of a contact without one, is a suspect.
    """

    _inherit = "crm.relationship.profile"

    ladder_explanation = fields.Html(
        "Why This Step?", compute="_compute_ladder_explanation", sanitize=False
    )

    @api.depends_context("lang", "uid")
    def _compute_ladder_explanation(self):
        runs = self.env["crm.relationship.run"].sudo()  # up to which day all was looked at
        days = {company: runs._get_last(company).as_of for company in self.company_id}
        for profile in self:
            profile.ladder_explanation = self.env["ir.qweb"]._render(
                "crm_relationship.ladder_explanation",
                profile._prepare_ladder_explanation(days.get(profile.company_id)),
            )

    def _prepare_ladder_explanation(self, as_of):
        """Return what the answer is made of."""
        self.ensure_one()
        if self._is_hidden_customer():
            return {"verdict": self._explain_hidden(), "steps": []}
        step = self.ladder_step or "suspect"
        steps = [self._prepare_step(code, step) for code in CLIMBING]
        return {
            "verdict": self._explain_step(step),
            "notices": self._explain_marks(),
            "outlook": self._explain_climb(step),
            "steps": [each for each in steps if each["code"] != "disqualified"],
            "beside": steps[0],
            "as_of": as_of,
            "is_due": self.is_due,
        }

    def _is_hidden_customer(self):
        """Return whether the customer has a profile, which the user may not see."""
        if self._origin:
            return False
        domain = [
            ("partner_id", "=", self.partner_id._origin.id),
            ("company_id", "=", self.company_id._origin.id),
        ]
        # Only whether there is one is asked, hence sudo.
        return bool(self.sudo().search_count(domain, limit=1))

    def _explain_hidden(self):
        return self.env._(
            "%(customer)s is a customer of somebody else, and its salesperson sees its step.",
            customer=self.partner_id.display_name,
        )

    # -------------------------------------------------------------- the steps

    def _get_step_names(self):
        return dict(self._fields["ladder_step"]._description_selection(self.env))

    def _prepare_step(self, code, own):
        """Return one step: its conditions, each with the customer's figures."""
        conditions = getattr(self, f"_get_{code}_conditions")()
        return {
            "code": code,
            "name": self._get_step_names()[code],
            "conditions": conditions,
            "holds": all(state != MISSED for state, _rule, _figure in conditions),
            "is_own": code == own,
        }

    def _condition(self, holds, rule, figure):
        return (MET if holds else MISSED, rule, figure)

    def _get_suspect_conditions(self):
        nothing = not (
            self.purchase_count
            or self.open_deal_count
            or self.lost_deal_count
            or self.ladder_mark == "disqualified"
        )
        return [
            self._condition(
                nothing,
                self.env._("Nothing is known yet: no purchase, opportunity, order or mark"),
                self.env._("so it is") if nothing else self.env._("something is known"),
            )
        ]

    def _get_disqualified_conditions(self):
        return [
            self._condition_nothing_bought(),
            self._condition(
                self.ladder_mark == "disqualified"
                or (not self.open_deal_count and self.lost_deal_count > 0),
                self.env._("Marked so, or nothing open and all opportunities lost"),
                self.env._("marked by hand")
                if self.ladder_mark == "disqualified"
                else self.env._(
                    "%(open)s open, %(lost)s lost",
                    open=self.open_deal_count,
                    lost=self.lost_deal_count,
                ),
            ),
        ]

    def _condition_nothing_bought(self):
        return self._condition(
            not self.purchase_count, self.env._("No purchase"), self._name_purchases()
        )

    def _name_purchases(self):
        return self.env._("%(count)s purchase days", count=self.purchase_count)

    def _get_prospect_conditions(self):
        if self.purchase_count:
            return [
                (MET, self.env._("An open opportunity or quotation"), self.env._("it has bought"))
            ]
        conditions = [
            self._condition(
                self.open_deal_count > 0,
                self.env._("An open opportunity or quotation"),
                self.env._("%(count)s open", count=self.open_deal_count),
            )
        ]
        if self.ladder_mark == "disqualified":
            conditions.append(
                (
                    MISSED,
                    self.env._("Not marked as disqualified"),
                    self.env._("marked by hand"),
                )
            )
        return conditions

    def _condition_purchases(self, least):
        rule = (
            self.env._("A first purchase")
            if least == 1
            else self.env._("Purchases on at least %(count)s days", count=least)
        )
        return self._condition(self.purchase_count >= least, rule, self._name_purchases())

    def _get_first_time_conditions(self):
        return [self._condition_purchases(1)]

    def _get_repeat_conditions(self):
        return [self._condition_purchases(2)]

    def _get_client_conditions(self):
        is_fading = self.stage_id.code in FADING
        return [
            self._condition_purchases(CLIENT_PURCHASES),
            self._condition(
                not is_fading,
                self.env._("Neither declining nor lost"),
                self.stage_id.name or self.env._("without a stage"),
            ),
            self._condition_share(),
        ]

    def _condition_share(self):
        rule = self.env._(
            "We cover at least %(share)s %% of its yearly need", share=f"{CLIENT_SHARE:f}"
        )
        if self.yearly_need <= 0:
            return (GIVEN, rule, self.env._("need not known, taken as given"))
        return self._condition(
            self._has_client_share(),
            rule,
            self.env._(
                "%(share)s %% of %(need)s",
                share=formatLang(self.env, self.need_share, digits=2),
                need=format_amount(self.env, self.yearly_need, self.currency_id),
            ),
        )

    def _get_member_conditions(self):
        return [
            *self._get_client_conditions(),
            self._condition(
                self.card_count > 0,
                self.env._("An active loyalty card"),
                self.env._("%(count)s cards", count=self.card_count),
            ),
        ]

    def _get_advocate_conditions(self):
        figure = (
            self.env._("marked by hand")
            if self.ladder_mark == "advocate"
            else self.env._("%(count)s buyers referred", count=self.referred_buyer_count)
        )
        return [
            self._condition_purchases(1),
            self._condition(
                self.referred_buyer_count > 0 or self.ladder_mark == "advocate",
                self.env._("Referred a customer that bought, or marked so"),
                figure,
            ),
        ]

    # -------------------------------------------------------------- sentences

    def _explain_step(self, step):
        """Return the step and since when."""
        names = {
            "customer": self.partner_id.display_name,
            "step": self._get_step_names()[step],
        }
        if not self.ladder_date:
            return self.env._("%(customer)s stands on the step “%(step)s”.", **names)
        return self.env._(
            "%(customer)s stands on the step “%(step)s” since %(date)s.",
            date=format_date(self.env, self.ladder_date),
            **names,
        )

    def _explain_marks(self):
        """Return what is to be known of the manual mark: ``[sentence]``."""
        if self.ladder_mark == "advocate" and not self.purchase_count:
            return [self.env._("Marked as an advocate: that counts from the first purchase on.")]
        if self.ladder_mark == "disqualified" and self.purchase_count:
            return [
                self.env._("Marked as disqualified, but it has bought: the purchase counts more.")
            ]
        return []

    def _explain_climb(self, step):
        """Return what is missing for the next step upwards, False at the top."""
        if step == "advocate":
            return self.env._("No step is higher.")
        following = {"disqualified": "first_time", "suspect": "prospect"}
        code = following.get(step) or STEPS[STEPS.index(step) + 1]
        missing = [
            self._describe_missing(rule, figure)
            for state, rule, figure in self._prepare_step(code, step)["conditions"]
            if state == MISSED
        ]
        return missing and self.env._(
            "To reach “%(step)s” it needs: %(conditions)s",
            step=self._get_step_names()[code],
            conditions="; ".join(missing),
        )

    def _describe_missing(self, rule, figure):
        return self.env._("%(rule)s (now: %(figure)s)", rule=rule, figure=figure)

    # ---------------------------------------------------------------- actions

    def action_explain_ladder(self):
        """Open the answer to "why this step?" in a dialog."""
        self.ensure_one()
        view = self.env.ref("crm_relationship.crm_relationship_profile_view_form_ladder_why")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this step?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }
