from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_complaint_mail = fields.Boolean(
        related="company_id.relationship_complaint_mail", readonly=False
    )
    relationship_complaint_mail_received = fields.Boolean(
        related="company_id.relationship_complaint_mail_received", readonly=False
    )
    relationship_complaint_mail_acknowledged = fields.Boolean(
        related="company_id.relationship_complaint_mail_acknowledged", readonly=False
    )
    relationship_complaint_mail_waiting = fields.Boolean(
        related="company_id.relationship_complaint_mail_waiting", readonly=False
    )
    relationship_complaint_mail_answered = fields.Boolean(
        related="company_id.relationship_complaint_mail_answered", readonly=False
    )
    relationship_complaint_mail_closed = fields.Boolean(
        related="company_id.relationship_complaint_mail_closed", readonly=False
    )
    relationship_complaint_mail_reopened = fields.Boolean(
        related="company_id.relationship_complaint_mail_reopened", readonly=False
    )
    relationship_complaint_mail_reopens = fields.Boolean(
        related="company_id.relationship_complaint_mail_reopens", readonly=False
    )
    relationship_complaint_portal_siblings = fields.Boolean(
        related="company_id.relationship_complaint_portal_siblings", readonly=False
    )
    relationship_complaint_portal_limit = fields.Integer(
        related="company_id.relationship_complaint_portal_limit", readonly=False
    )
    relationship_complaint_low_rating = fields.Selection(
        related="company_id.relationship_complaint_low_rating", readonly=False, required=True
    )
    relationship_complaint_low_rating_from = fields.Selection(
        related="company_id.relationship_complaint_low_rating_from", readonly=False, required=True
    )

    def action_open_complaint_templates(self):
        """Open the templates of the mails to complainants."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail.action_email_template_tree_all"
        )
        action["domain"] = [("model", "=", "crm.relationship.complaint")]
        action["context"] = {"default_model": "crm.relationship.complaint"}
        return action
