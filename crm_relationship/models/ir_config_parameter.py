from odoo import api, models
from odoo.tools.misc import str2bool

NIGHTLY_RUN = "crm_relationship.nightly_run"
CRONS = {NIGHTLY_RUN: "crm_relationship.ir_cron_recalculate_relationships"}
"""Settings and the scheduled actions that they turn on and off."""


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        parameters = super().create(vals_list)
        parameters._sync_relationship_crons()
        return parameters

    def write(self, vals):
        result = super().write(vals)
        self._sync_relationship_crons()
        return result

    def unlink(self):
        self._sync_relationship_crons(unlinked=True)
        return super().unlink()

    def _sync_relationship_crons(self, unlinked=False):
        """Turn the scheduled actions of these settings on or off."""
        for parameter in self.filtered(lambda parameter: parameter.key in CRONS):
            cron = self.env.ref(CRONS[parameter.key], raise_if_not_found=False)
            if cron:
                cron.active = not unlinked and str2bool(parameter.value, False)
