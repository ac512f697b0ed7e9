from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...engine import risk
from ..numbers import format_short


class CrmRelationshipProfile(models.Model):
    """The five lights: each risk with its level in words, and the signs that show it.

    Sentences are made here, whole, so that they can be translated; the templates
    ``crm_relationship.risk_lights`` and ``risk_explanation`` only lay them out.
    """

    _inherit = "crm.relationship.profile"

    risk_lights = fields.Html("Risks", compute="_compute_risk_lights", sanitize=False)
    risk_explanation = fields.Html(
        "Why These Risks?", compute="_compute_risk_lights", sanitize=False
    )

    def _compute_risk_lights(self):
        """Render the lights; what a company's customers share is read once."""
        self.update({"risk_lights": False, "risk_explanation": False})
        shown = self.filtered("shows_risks")
        for company, profiles in shown.grouped("company_id").items():
            policy = self.env["crm.relationship.credit.policy"].sudo()._get_of_company(company)
            as_of = self._get_credit_day(company)
            signs = profiles._get_risk_signs(company, as_of, policy._get_risk_limits())
            for profile in profiles:
                values = {
                    "profile": profile,
                    "footnote": self.env._(
                        "As of %(day)s. A risk is as high as its highest sign; a sign of which "
                        "nothing is known says nothing.",
                        day=format_date(self.env, as_of),
                    ),
                    "risks": profile._prepare_risks(signs[profile]),
                }
                for name in ("risk_lights", "risk_explanation"):
                    profile[name] = self.env["ir.qweb"]._render(f"crm_relationship.{name}", values)

    @api.readonly
    def get_risks(self):
        """Return the rendered ``lights`` and their ``explanation``, both empty where they are
        not shown.

        Forms ask for them when they are open already, with a call of its own.
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "lights": self.risk_lights or "",
            "explanation": self.risk_explanation or "",
        }

    def action_explain_risks(self):
        """Open the five risks with what shows them in a dialog."""
        self.ensure_one()
        view = self.env.ref("crm_relationship.crm_relationship_profile_view_form_why_risks")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Five risks of a key customer"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_judge_risks(self):
        """Open what was judged of this customer, to judge it or to change that."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_relationship.crm_relationship_risk_judgement_action"
            ),
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    # ------------------------------------------------------------------- words

    def _prepare_risks(self, signs):
        """Return the five risks with their signs, as the templates want them."""
        self.ensure_one()
        words = self._get_risk_words()
        return [
            {
                "code": code,
                "name": words["risk"][code],
                "about": words["about"][code],
                **self._prepare_risk_level(
                    risk.highest(signs.get(sign, {}).get("level") for sign in risk.SIGNS[code])
                ),
                "signs": [
                    self._prepare_risk_sign(words["sign"][sign], sign, signs.get(sign, {}))
                    for sign in risk.SIGNS[code]
                ],
            }
            for code in risk.SIGNS
        ]

    def _get_risk_words(self):
        judgements = self.env["crm.relationship.risk.judgement"]._fields
        return {
            "risk": dict(judgements["risk"]._description_selection(self.env)),
            "about": {
                "financial": self.env._("Long terms, our money tied up for free"),
                "profit": self.env._("Deep discounts, kickbacks and free extras"),
                "management": self.env._("Sells across regions, makes prices of its own"),
                "flight": self.env._("Falls silent, or a competitor is strong there"),
                "independence": self.env._("Likely to start a business of its own"),
            },
            "sign": {
                **dict(judgements["sign"]._description_selection(self.env)),
                "terms": self.env._("Payment terms"),
                "tied_up": self.env._("Money tied up"),
                "discount": self.env._("Discount"),
                "silence": self.env._("Silence"),
            },
        }

    def _prepare_risk_level(self, level):
        """Return a level's code and word; unknown is a level of its own."""
        levels = self.env["crm.relationship.risk.judgement"]._fields["level"]
        words = dict(levels._description_selection(self.env))
        return {"level": level or "unknown", "word": words.get(level, self.env._("Unknown"))}

    def _prepare_risk_sign(self, name, sign, finding):
        if sign not in risk.MEASURED:
            evidence, limits = self._explain_judged(finding.get("judgement")), ""
        elif finding.get("value") is None:
            evidence, limits = self.env._("Not known: no document tells it."), ""
        else:
            evidence = getattr(self, f"_explain_{sign}")(finding)
            limits = self._explain_risk_limits(sign, finding["limits"])
        return {
            "name": name,
            "evidence": evidence,
            "limits": limits,
            **self._prepare_risk_level(finding.get("level")),
        }

    def _explain_judged(self, judgement):
        if not judgement:
            return self.env._("Nobody has judged it.")
        values = {
            "user": judgement.sudo().user_id.name,  # who judged is no secret
            "day": format_date(self.env, judgement.date),
            "evidence": judgement.note or "",
        }
        if not judgement.note:
            return self.env._("Judged by %(user)s on %(day)s.", **values)
        return self.env._("%(evidence)s (%(user)s, %(day)s)", **values)

    def _explain_terms(self, finding):
        return self.env._(
            "%(mean)s days from invoice to due date on average, %(longest)s at the longest.",
            mean=self._format_risk(finding["value"]),
            longest=finding["longest"],
        )

    def _explain_tied_up(self, finding):
        amount = formatLang(self.env, finding["balance"], currency_obj=self.currency_id)
        if finding["value"] == float("inf"):
            return self.env._(
                "It owes %(amount)s, more than was sold to it in 24 months.", amount=amount
            )
        return self.env._(
            "It owes %(amount)s, which is %(days)s days of sales to it.",
            amount=amount,
            days=self._format_risk(finding["value"]),
        )

    def _explain_discount(self, finding):
        values = {
            "own": self._format_risk(finding["own"]),
            "usual": self._format_risk(finding["usual"]),
            "over": self._format_risk(finding["value"]),
        }
        if finding["value"] <= 0:
            return self.env._(
                "%(own)s %% on its invoices, not more than the %(usual)s %% of its tier.", **values
            )
        return self.env._(
            "%(own)s %% on its invoices, %(over)s points over the %(usual)s %% of its tier.",
            **values,
        )

    def _explain_silence(self, finding):
        return self.env._(
            "%(days)s days since its last purchase, %(times)s times its rhythm.",
            days=finding["days"],
            times=self._format_risk(finding["value"], 2),
        )

    def _explain_risk_limits(self, sign, limits):
        medium, high = (format_short(self.env, limit) for limit in limits)
        if sign == "discount":
            return self.env._(
                "Medium from %(medium)s points over, high from %(high)s.", medium=medium, high=high
            )
        if sign == "silence":
            return self.env._(
                "Medium from %(medium)s times, high from %(high)s.", medium=medium, high=high
            )
        return self.env._(
            "Medium from %(medium)s days, high from %(high)s.", medium=medium, high=high
        )

    def _format_risk(self, value, digits=1):
        return format_short(self.env, value, digits)
