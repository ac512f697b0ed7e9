from odoo import fields, models

KEPT = (
    "level",
    "department_id",
    "reports_to_id",
    "buying_role",
    "formal_power",
    "hidden_power",
    "standing",
    "orientation",
    "style",
    "competitor_id",
    "relationship_level",
    "relationship_wanted",
    "user_id",
)
"""What a role takes over from another one of its contact where it has nothing itself."""

MARKS = ("is_coach", "is_rising_star", "is_insatiable")

FURTHEST = ("influence", "coverage", "contact_phase")
"""Of these the furthest is kept, in the order of the selection."""


class CrmRelationshipPlan(models.Model):
    _inherit = "crm.relationship.plan"

    def _settle_merge(self, dst_partner):
        """Close what would be a second active plan of a period: these customers become one."""
        by_company = self.sorted(lambda plan: (plan.partner_id != dst_partner, plan.id))
        for plans in by_company.grouped("company_id").values():
            kept = self.browse()
            for plan in plans:
                rival = kept.filtered(
                    lambda other, plan=plan: (
                        other.date_start <= plan.date_end and other.date_end >= plan.date_start
                    )
                )[:1]
                if not rival:
                    kept += plan
                    continue
                plan.state = "closed"
                plan._message_log(
                    body=self.env._(
                        "Closed: the customer was merged with %(customer)s, whose plan “%(plan)s” "
                        "is active.",
                        customer=rival.partner_id.display_name,
                        plan=rival.name,
                    )
                )


class CrmRelationshipRole(models.Model):
    _inherit = "crm.relationship.role"

    def _settle_merge(self, dst_partner):
        """Make one role of those in the same plan: these contacts become one."""
        for roles in self.grouped("plan_id").values():
            if len(roles) > 1:
                own = roles.filtered(lambda role: role.partner_id == dst_partner)
                kept = own[:1] or roles.sorted("id")[:1]
                kept._take_over(roles - kept)

    def _take_over(self, others):
        """Take over what others of the same plan hold, and remove them."""
        self.ensure_one()
        self.write(self._prepare_take_over(others))
        lost = self._list_lost(others)
        others.report_ids.filtered(lambda role: role != self).reports_to_id = self
        followers = self.search([("influences_ids", "in", others.ids)]) - others - self
        followers.write({"influences_ids": [fields.Command.link(self.id)]})
        others.note_ids.role_id = self
        self._take_over_needs(others)
        for other in others:
            other.message_change_thread(self)
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search(
            [("res_model", "=", self._name), ("res_id", "in", others.ids)]
        ).res_id = self.id
        others.unlink()
        self._message_log(
            body=self.env._(
                "Merged with another role of the same contact, which said: %(lost)s", lost=lost
            )
            if lost
            else self.env._("Merged with another role of the same contact.")
        )

    def _take_over_needs(self, others):
        """Take over the needs, and what we can do for those that both list."""
        own = {need.need: need for need in self.need_ids}
        for need in others.need_ids:
            kept = own.setdefault(need.need, need)
            if kept == need:
                need.role_id = self
            elif need.offer and need.offer not in (kept.offer or ""):
                kept.offer = "; ".join(filter(None, (kept.offer, need.offer)))

    def _list_lost(self, others):
        """Return as text what the others said and this one says otherwise."""
        texts = []
        for name in (*KEPT, *FURTHEST, "support"):
            field = self._fields[name]
            for other in others.filtered(name):
                nothing = field.default and field.default(other)
                # Of two that reported to one another, there is nothing to say once they are one.
                is_merged = name == "reports_to_id" and other[name] in (self | others)
                if other[name] not in (self[name], nothing) and not is_merged:
                    value = field.convert_to_export(other[name], other)
                    texts.append(f"{field._description_string(self.env)}: {value}")
        return ", ".join(texts)

    def _prepare_take_over(self, others):
        """Return the values that this role takes over; a chain that leads back to it is cut."""
        vals = {name: True for name in MARKS if any((self | others).mapped(name))}
        for name in KEPT:
            if not self[name] and name != "reports_to_id":
                value = next((other[name] for other in others if other[name]), False)
                vals[name] = value.id if isinstance(value, models.BaseModel) else value
        for name in FURTHEST:
            order = list(self._fields[name].get_values(self.env))
            vals[name] = max((self | others).mapped(name), key=order.index)
        if self.support == "0":
            vals["support"] = next((other.support for other in others if other.support != "0"), "0")
        vals["influences_ids"] = [
            fields.Command.set(((self | others).influences_ids - others - self).ids)
        ]
        vals["reports_to_id"] = self._get_merged_superior(others).id
        return vals

    def _get_merged_superior(self, others):
        """Return the first superior of these that does not itself report to one of them."""
        merged = self | others
        for superior in merged.reports_to_id - merged:
            above = superior
            while above and above not in merged:
                above = above.reports_to_id
            if not above:
                return superior
        return self.browse()
