from odoo import fields, models
from odoo.tools import format_date


class CrmRelationshipChange(models.Model):
    """The history of stages and of the ladder in words."""

    _inherit = "crm.relationship.change"

    def _get_value_names(self):
        # The names of stages are no secret to who may read the history, hence sudo.
        stages = self.env["crm.relationship.stage"].sudo()
        names = {
            ("stage", stage.company_id, stage.code): stage.name
            for stage in stages.search([("company_id", "in", self.company_id.ids)])
        }
        field = self.env["crm.relationship.profile"]._fields["ladder_step"]
        for code, name in field._description_selection(self.env):
            names.update({("ladder", company, code): name for company in self.company_id})
        return {**super()._get_value_names(), **names}

    def _get_other_reason(self):
        if self.note or self.cause == "left":
            return self.note or self.env._("No invoice, order or opportunity is left.")
        if self.dimension == "stage":
            return self._get_stage_reason()
        if self.dimension == "ladder":
            return self._get_ladder_reason()
        return super()._get_other_reason()

    def _get_stage_reason(self):
        """Return why the customer entered the stage, from the evidence that was kept."""
        kept = self.evidence or {}
        reasons = {
            "decline": self._get_decay_reason,
            "lost": self._get_decay_reason,
            "dismissed": lambda _kept: self.env._("Dismissed by us."),
            "won_back": lambda kept: self.env._(
                "Won back: bought again on %(date)s, and neither limit is passed any more.",
                date=self._format_kept_day(kept, "last"),
            ),
            "down": lambda kept: self.env._(
                "%(old)s does not hold any more: %(figures)s.",
                old=self.old_label or "",
                figures=self._describe_purchases(kept),
            ),
            "up": lambda kept: self.env._(
                "One step up: %(figures)s.", figures=self._describe_purchases(kept)
            ),
        }
        describe = reasons.get(self.cause, self._get_stage_placement_reason)
        return describe(kept)

    def _get_stage_placement_reason(self, kept):
        if self.new_value in ("decline", "lost"):
            return self.env._("First placement: %(reason)s", reason=self._get_decay_reason(kept))
        return self.env._("First placement: %(figures)s.", figures=self._describe_purchases(kept))

    def _get_decay_reason(self, kept):
        """Return whether silence or the revenue made the customer decline, or lost it."""
        if not kept.get("last"):
            return self.env._("The rules say so.")
        limit = kept[self.new_value if self.new_value in ("decline", "lost") else "decline"]
        silence = (self.date - fields.Date.to_date(kept["last"])).days
        if silence >= limit:
            return self.env._(
                "Silent for %(days)s days, since %(date)s; the limit is %(limit)s days by "
                "%(whose)s.",
                days=silence,
                date=self._format_kept_day(kept, "last"),
                limit=limit,
                whose=self._describe_rhythm(kept),
            )
        return self.env._(
            "Brings %(revenue)s in the window, after %(previous)s in the window before.",
            revenue=self._format_money(kept["revenue"]),
            previous=self._format_money(kept["previous"]),
        )

    def _describe_rhythm(self, kept):
        if kept.get("rhythm"):
            return self.env._("the rhythm of all customers, %(days).4g days", days=kept["rhythm"])
        return self.env._("its own rhythm")

    def _describe_purchases(self, kept):
        """Return such as "7 purchase days since 3 March 2024, $ 500.00 after $ 450.00"."""
        if not kept.get("purchases"):
            return self.env._("nothing bought yet")
        return self.env._(
            "%(count)s purchase days since %(date)s, %(revenue)s after %(previous)s in the window "
            "before",
            count=kept["purchases"],
            date=self._format_kept_day(kept, "first"),
            revenue=self._format_money(kept["revenue"]),
            previous=self._format_money(kept["previous"]),
        )

    def _format_kept_day(self, kept, name):
        return format_date(self.env, kept[name]) if kept.get(name) else ""

    def _get_ladder_reason(self):
        """Return what held on the new step."""
        kept = self.evidence or {}
        reasons = {
            "suspect": self.env._("No open opportunity or quotation, and no purchase."),
            "prospect": self.env._(
                "Open opportunities, quotations and orders: %(count)s.", count=kept.get("open", 0)
            ),
            "disqualified": self.env._("Marked so by hand.")
            if kept.get("mark") == "disqualified"
            else self.env._("Nothing is open, and all opportunities are lost."),
            "advocate": self.env._(
                "Customers that bought on its recommendation: %(count)s.",
                count=kept.get("referred", 0),
            )
            if kept.get("referred")
            else self.env._("Marked so by hand."),
            "member": self.env._("A client with an active loyalty card."),
            "client": self.env._(
                "%(count)s purchase days, neither declining nor lost.",
                count=kept.get("purchases", 0),
            ),
        }
        return reasons.get(self.new_value) or self._get_buyer_reason(kept)

    def _get_buyer_reason(self, kept):
        if kept.get("fading") and kept.get("purchases", 0) > 1:
            return self.env._("No client while it declines or is lost.")
        return self.env._("Purchase days: %(count)s.", count=kept.get("purchases", 0))
