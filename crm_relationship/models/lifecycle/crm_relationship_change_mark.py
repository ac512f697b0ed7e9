from odoo import fields, models

MARK_CAUSES = ("marked", "unmarked")


class CrmRelationshipChange(models.Model):
    """Marks of the customer ladder in the history: who set them, and who took them back.

    Such a line moves nobody: its two values are the step that the customer stood on.
    """

    _inherit = "crm.relationship.change"

    cause = fields.Selection(
        selection_add=[("marked", "Marked"), ("unmarked", "Mark taken back")],
        ondelete={"marked": "cascade", "unmarked": "cascade"},
    )

    def _get_reason(self):
        if self.cause not in MARK_CAUSES:
            return super()._get_reason()
        marks = dict(
            self.env["crm.relationship.profile"]
            ._fields["ladder_mark"]
            ._description_selection(self.env)
        )
        mark = marks.get((self.evidence or {}).get("mark"), "")
        if self.cause == "marked":
            return self.env._("Marked by hand: %(mark)s.", mark=mark)
        return self.env._("The mark was taken back: %(mark)s.", mark=mark)
