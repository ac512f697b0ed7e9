from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class CrmRelationshipRoleNote(models.Model):
    """What is private of a contact: notes, wishes, dates that matter.

    How it works
        Record rules show a note to the plan's team alone, and only where the company allows
        private data; nobody else, managers included, reads, finds, counts or exports any. It
        has no chatter, so that nothing of it is told anywhere, and leaves with the contact.
    """

    _name = "crm.relationship.role.note"
    _description = "Private Note on a Contact"
    _inherit = ["crm.relationship.plan.lock.mixin"]
    _order = "role_id, date, id"
    _rec_name = "kind"

    role_id = fields.Many2one(
        "crm.relationship.role",
        "Contact in the Chain",
        required=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        related="role_id.partner_id", store=True, index=True, ondelete="restrict"
    )
    plan_id = fields.Many2one(related="role_id.plan_id", store=True, index=True, required=False)
    company_id = fields.Many2one(related="role_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("note", "Private note"),
            ("wish", "Wish"),
            ("career", "Career wish"),
            ("birthday", "Birthday"),
            ("date", "Date that matters"),
        ],
        required=True,
        default="note",
    )
    date = fields.Date(help="The birthday, or the day that matters.")
    body = fields.Text("Text")

    @api.constrains("kind", "date", "body")
    def _check_content(self):
        for note in self:
            if note.kind in ("birthday", "date"):
                if not note.date:
                    raise ValidationError(self.env._("Enter the date that it is about."))
            elif not (note.body or "").strip():
                raise ValidationError(self.env._("Enter what you want to keep."))

    @api.model_create_multi
    def create(self, vals_list):
        notes = super().create(vals_list)
        notes._check_allowed()
        return notes

    def write(self, vals):
        if "role_id" in vals and any(note.role_id.id != vals["role_id"] for note in self):
            self._check_not_moved()
        self._check_allowed()
        return super().write(vals)

    def _check_not_moved(self):
        if not self.env.su:
            raise AccessError(self.env._("A private note stays with its contact."))

    def _check_allowed(self):
        """Check that the company keeps private data."""
        # Every member of the team may know whether the company keeps any.
        for company in self.company_id.sudo():
            if not company.relationship_private_data and not self.env.su:
                raise AccessError(
                    self.env._(
                        "%(company)s keeps no private data of contacts. An administrator can allow "
                        "it in the settings of the relationships.",
                        company=company.name,
                    )
                )
