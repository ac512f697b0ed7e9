from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

EXECUTIVE = "crm_relationship.group_executive"


class CrmRelationshipComplaint(models.Model):
    """Which of the executives has opened a complaint.

    The form says so when it is shown. It can only speak for the user who is logged in.
    """

    _inherit = "crm.relationship.complaint"

    read_ids = fields.One2many(
        "crm.relationship.complaint.read",
        "complaint_id",
        "Opened By",
        readonly=True,
        copy=False,
        groups=EXECUTIVE,
    )
    is_read_by_me = fields.Boolean(
        "Read by Me",
        compute="_compute_is_read_by_me",
        search="_search_is_read_by_me",
        groups=EXECUTIVE,
    )

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"read_ids"}

    @api.depends("read_ids.user_id")
    @api.depends_context("uid")
    def _compute_is_read_by_me(self):
        reads = self.env["crm.relationship.complaint.read"].search(
            [("complaint_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        )
        for complaint in self:
            complaint.is_read_by_me = complaint in reads.complaint_id

    def _search_is_read_by_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        read = Domain("read_ids", "any", [("user_id", "=", self.env.uid)])
        return read if True in value else ~read

    def mark_read(self):
        """Keep that the user has opened the complaint, if an executive did.

        :return: whether this is kept
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(EXECUTIVE):
            return False
        self.env.flush_all()
        # Two windows may open it at the same moment.
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_relationship_complaint_read
                       (complaint_id, company_id, user_id, date, create_uid, write_uid,
                        create_date, write_date)
                   VALUES (%(complaint)s, %(company)s, %(user)s, %(now)s, %(user)s, %(user)s,
                           %(now)s, %(now)s)
                   ON CONFLICT DO NOTHING RETURNING id""",
                complaint=self.id,
                company=self.company_id.id,
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_recordset(["read_ids", "is_read_by_me"])
        return True
