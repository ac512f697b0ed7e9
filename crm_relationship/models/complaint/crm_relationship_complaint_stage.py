from odoo import api, fields, models
from odoo.exceptions import UserError

CODES = [
    ("new", "New"),
    ("acknowledged", "Acknowledged"),
    ("assessing", "Assessing"),
    ("investigating", "Investigating"),
    ("responded", "Responded"),
    ("closed", "Closed"),
]
"""The stages of every complaint, in their order."""

EDITABLE = {"name", "help", "fold", "portal_name"}


class CrmRelationshipComplaintStage(models.Model):
    """A stage of complaints. The rules rest on its code; what it is called is free."""

    _name = "crm.relationship.complaint.stage"
    _description = "Complaint Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(CODES, required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    fold = fields.Boolean("Folded", help="Shown folded on the board, and behind “More” in forms.")
    help = fields.Text("What It Means", translate=True)

    _code_uniq = models.UniqueIndex("(code)", "There is a stage of this code already.")

    def write(self, vals):
        if vals.keys() - EDITABLE and not self.env.su:
            raise UserError(
                self.env._("The stages and their order are fixed. You can change their names.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Every complaint goes through these stages, so none can be deleted.")
        )

    @api.model
    def _get(self, code):
        """Return the stage of a code."""
        return self.search([("code", "=", code)], limit=1)
