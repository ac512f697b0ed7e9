from odoo import fields, models

from .crm_relationship_plan_lock_mixin import get_successor

WORDS = (
    "level",
    "buying_role",
    "influence",
    "formal_power",
    "hidden_power",
    "standing",
    "orientation",
    "style",
    "support",
    "coverage",
    "contact_phase",
    "relationship_level",
    "relationship_wanted",
    "freshness",
)
"""Of these a snapshot keeps the value and the word that the user sees."""

NAMES = ("department_id", "competitor_id", "user_id")
MARKS = ("is_coach", "is_rising_star", "is_insatiable")


class CrmRelationshipPlan(models.Model):
    """What is kept of a decision chain: as it stands today, and for the next plan."""

    _inherit = "crm.relationship.plan"

    def _get_chain_snapshot(self):
        """Return ``{plan_id: [role]}``: the chain as it stands today, nothing private in it."""
        roles = self.env["crm.relationship.role"].search([("plan_id", "in", self.ids)])
        found = {plan.id: [] for plan in self}
        for role in roles:
            found[role.plan_id.id].append(role._prepare_snapshot())
        return found

    def _copy_chain_to(self, new_plan):
        """Give another plan of the customer this chain anew, with its needs.

        Private notes go along where the user may read and write them: in the teams of both.
        """
        self.ensure_one()
        there = new_plan.role_ids.partner_id
        roles = self.role_ids._get_present().filtered(lambda role: role.partner_id not in there)
        alone = {"plan_id": new_plan.id, "reports_to_id": False, "influences_ids": False}
        vals_list = roles.copy_data(alone)
        for role, vals in zip(roles, vals_list, strict=True):
            if role.user_id:
                vals["user_id"] = get_successor(role.user_id, new_plan).id
        copies = dict(zip(roles, roles.create(vals_list), strict=True))
        known = {role.partner_id: role for role in new_plan.role_ids}
        # Searched, as what others have read of the roles may stand in the cache.
        notes = self.env["crm.relationship.role.note"].search([("role_id", "in", roles.ids)])
        notes_of = notes.grouped("role_id")
        for role, copy in copies.items():
            superior = known.get(role.reports_to_id.partner_id)
            influenced = [
                known[other.partner_id].id
                for other in role.influences_ids
                if other.partner_id in known
            ]
            copy.write(
                {
                    "reports_to_id": superior and superior.id,
                    "influences_ids": [fields.Command.set(influenced)],
                }
            )
            role.need_ids.copy({"role_id": copy.id})
            if copy.keeps_private_data:
                notes_of.get(role, notes.browse()).copy({"role_id": copy.id})


class CrmRelationshipRole(models.Model):
    _inherit = "crm.relationship.role"

    def _prepare_snapshot(self):
        """Return the role as JSON: what of the map and of the lists is worth keeping."""
        self.ensure_one()
        row = {
            "id": self.id,
            "partner_id": self.partner_id.id,
            "name": self.display_name,
            "function": self.function or "",
            "reports_to_id": self.reports_to_id.id,
            "influences_ids": self.influences_ids.ids,
            "last_contact_date": fields.Date.to_string(self.last_contact_date),
        }
        for name in WORDS:
            row[name] = self[name]
            row[f"{name}_label"] = self._fields[name].convert_to_export(self[name], self)
        row.update({name: self[name] for name in MARKS})
        row.update({name.removesuffix("_id"): self[name].display_name or "" for name in NAMES})
        return row
