from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmRelationshipCreditGrade(models.Model):
    """What the order check asks of a grade: the payment terms that its customers may get."""

    _inherit = "crm.relationship.credit.grade"

    payment_term_ids = fields.Many2many(
        "account.payment.term",
        "crm_relationship_credit_grade_payment_term_rel",
        "grade_id",
        "payment_term_id",
        "Allowed Payment Terms",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="What customers of this grade may be granted, if the order check looks at payment "
        "terms. Empty: any. An order without payment terms is due at once, which is always "
        "allowed.",
    )

    @api.constrains("payment_term_ids", "policy_id")
    def _check_payment_terms(self):
        for grade in self:
            strange = grade.payment_term_ids.company_id - grade.company_id
            if strange:
                raise ValidationError(
                    self.env._(
                        "Grade %(grade)s belongs to another company than its payment terms: "
                        "%(companies)s. Choose terms of its own company or shared ones.",
                        grade=grade.code,
                        companies=", ".join(strange.mapped("name")),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checked(self):
        policy = self.env["crm.relationship.credit.policy"].search(
            [("check_grade_id", "in", self.ids)], limit=1
        )
        if policy:
            raise UserError(
                self.env._(
                    "The order check asks for the grade %(grade)s. Choose another grade on the "
                    "page “Order Check” of the credit policy first.",
                    grade=policy.check_grade_id.code,
                )
            )
