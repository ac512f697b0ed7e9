from odoo import api, fields, models


class CrmRelationshipAssessmentReturn(models.TransientModel):
    """Asks why a proposed assessment goes back to whoever proposed it."""

    _name = "crm.relationship.assessment.return"
    _description = "Return Assessment"

    assessment_ids = fields.Many2many(
        "crm.relationship.credit.assessment",
        "crm_relationship_assessment_return_rel",
        string="Assessments",
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True, help="It stands on the assessment and in its chatter.")

    @api.model
    def default_get(self, fields_list):
        """Take the assessments that the button was pressed on."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "crm.relationship.credit.assessment":
            values["assessment_ids"] = [fields.Command.set(self.env.context.get("active_ids", []))]
        return values

    def action_return(self):
        """Return them; the assessment checks who may."""
        self.ensure_one()
        self.assessment_ids._return(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
