from odoo import api, fields, models


class CrmRelationshipProfile(models.Model):
    """The relationship over time: the curve of the lifecycle stages."""

    _inherit = "crm.relationship.profile"

    @api.readonly
    def get_stage_curve(self):
        """Return the customer's way through the stages: what the curve draws, in one call.

        ``points`` are the changes of its stage, the oldest first, ``stages`` the company's
        in their order, ``since`` the first purchase, which may lie before the history, and
        ``until`` the day that the curve goes on to. Dates are ISO strings.
        """
        self.ensure_one()
        changes = self._get_stage_changes()
        stages = self.env["crm.relationship.stage"]._get_of_company(self.company_id)
        names = {stage.code: stage.name for stage in stages}
        return {
            "name": self.partner_id.display_name,
            "stages": [
                {"code": stage.code, "name": stage.name, "color": stage.color} for stage in stages
            ],
            "points": [
                {**change._prepare_point(), **self._name_stages(change, names)}
                for change in changes
            ],
            "since": fields.Date.to_string(self.first_purchase_date),
            "until": fields.Date.to_string(self._get_line_end(changes)),
        }

    def _get_stage_changes(self):
        """Return the changes of the stage, the oldest first, each to another stage than the
        one before: a first placement after a backfill may change nothing.
        """
        changes = self.change_ids.filtered(lambda change: change.dimension == "stage")
        changes = changes.sorted(lambda change: (change.date, change.id))
        former = [False, *changes.mapped("new_value")]
        return changes.browse(
            change.id
            for change, value in zip(changes, former, strict=False)
            if change.new_value != value
        )

    def _name_stages(self, change, names):
        """Return the names of the stages that the customer left and entered."""
        return {
            "label": names.get(change.new_value, change.new_value or self.env._("No stage")),
            "former": names.get(change.old_value, change.old_value or ""),
        }
