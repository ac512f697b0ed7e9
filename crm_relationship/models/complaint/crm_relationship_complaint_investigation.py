from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_relationship_complaint import INSIDERS


class CrmRelationshipComplaint(models.Model):
    """What was found out: whys, evidence, causes, and who answers for it.

    How it works
        One party answers for a complaint: a department of ours, or a partner such as a supplier
        or a carrier. All of it is for those who work on complaints and the customer's
        salespeople. It stays as it is once the complaint is closed.
    """

    _inherit = "crm.relationship.complaint"

    why_ids = fields.One2many(
        "crm.relationship.complaint.why", "complaint_id", "Five Whys", groups=INSIDERS
    )
    contributing_cause_ids = fields.Many2many(
        "crm.relationship.complaint.cause",
        "crm_relationship_complaint_contributing_rel",
        "complaint_id",
        "cause_id",
        "Contributing Causes",
        copy=False,
        groups=INSIDERS,
        help="What made it possible, or worse, besides the cause.",
    )
    findings = fields.Html(copy=False, groups=INSIDERS, help="What the investigation has shown.")
    evidence = fields.Text(
        copy=False, groups=INSIDERS, help="What it rests on: samples, records, witnesses."
    )
    evidence_ids = fields.Many2many(
        "ir.attachment",
        "crm_relationship_complaint_evidence_rel",
        "complaint_id",
        "attachment_id",
        "Files of Evidence",
        copy=False,
        groups=INSIDERS,
        help="Attachments of the complaint that prove something.",
    )
    department_id = fields.Many2one(
        "crm.relationship.complaint.department",
        "Responsible Department",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        groups=INSIDERS,
        domain="[('company_id', 'in', [False, company_id])]",
        help="Which part of our own company answers for it.",
    )
    supplier_id = fields.Many2one(
        "res.partner",
        "Responsible Partner",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        check_company=True,
        groups=INSIDERS,
        help="The supplier, carrier or other partner who answers for it.",
    )

    @api.model
    def _get_locked_fields(self):
        return super()._get_locked_fields() | {
            "why_ids",
            "contributing_cause_ids",
            "findings",
            "evidence",
            "evidence_ids",
            "department_id",
            "supplier_id",
        }

    @api.constrains("department_id", "supplier_id", "company_id")
    def _check_responsible(self):
        for complaint in self.sudo():  # fields of insiders: checked whoever enters them
            if complaint.department_id and complaint.supplier_id:
                raise ValidationError(
                    self.env._(
                        "One party answers for a complaint. Choose either the department "
                        "%(department)s or the partner %(partner)s.",
                        department=complaint.department_id.name,
                        partner=complaint.supplier_id.display_name,
                    )
                )
            company = complaint.department_id.company_id
            if company and company != complaint.company_id:
                raise ValidationError(
                    self.env._(
                        "The department %(department)s is of %(other)s, and the complaint of "
                        "%(company)s.",
                        department=complaint.department_id.name,
                        other=company.name,
                        company=complaint.company_id.name,
                    )
                )

    @api.constrains("cause_id", "contributing_cause_ids")
    def _check_contributing_causes(self):
        for complaint in self.sudo():  # as above
            if complaint.cause_id & complaint.contributing_cause_ids:
                raise ValidationError(
                    self.env._(
                        "“%(cause)s” is the cause already. Leave it out of the contributing ones.",
                        cause=complaint.cause_id.display_name,
                    )
                )

    @api.constrains("evidence_ids")
    def _check_evidence(self):
        """Check that only the complaint's own attachments are marked."""
        for complaint in self.sudo():  # as above
            complaint.evidence_ids._claim_for(complaint)
            for attachment in complaint.evidence_ids:
                if (attachment.res_model, attachment.res_id) != (complaint._name, complaint.id):
                    raise ValidationError(
                        self.env._(
                            "“%(file)s” is no attachment of “%(complaint)s”. Attach it there "
                            "first.",
                            file=attachment.name,
                            complaint=complaint.display_name,
                        )
                    )
