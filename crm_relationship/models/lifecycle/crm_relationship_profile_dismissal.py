from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...engine import lifecycle
from ...engine.measurement import WINDOW_MONTHS

CREDIT = "crm_relationship.group_credit"

DISMISSING = f"crm_relationship.group_manager,{CREDIT}"
"""Groups that may dismiss a customer; only the latter lifts it."""


class CrmRelationshipProfile(models.Model):
    """Dismissal: the company ends the relationship, until the credit group lifts it."""

    _inherit = "crm.relationship.profile"

    loss_count = fields.Integer("Times Lost", compute="_compute_loss_count")

    def _compute_loss_count(self):
        groups = self.env["crm.relationship.loss"]._read_group(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "!=", "void"),
            ],
            ["partner_id", "company_id"],
            ["__count"],
        )
        counts = {(partner, company): count for partner, company, count in groups}
        for profile in self:
            profile.loss_count = counts.get((profile.partner_id, profile.company_id), 0)

    def _dismiss(self, reason, note=False):
        """End the relationship with this customer: it is lost at once and stays so.

        :param reason: of ``crm.relationship.loss.reason``, one that fits a passive loss
        :param note: what else is to be known
        :raises AccessError: unless the user is a relationship manager or approves credit
        :raises UserError: for who never bought or is dismissed already
        """
        self.ensure_one()
        self._check_dismissal()
        # Stage, history and loss are the engine's to write, like every result.
        engine = self.sudo()
        former = engine.stage_code
        engine._enter_dismissed(self.company_id._get_relationship_today())
        text = f"{reason.name}: {note}" if note else reason.name
        change = engine._append_dismissal("dismissed", former, text)
        engine._record_dismissal(change, reason, note)

    def _check_dismissal(self):
        """Check that the user may dismiss this customer, and that there is what to end."""
        self.check_access("read")
        if not any(map(self.env.user.has_group, DISMISSING.split(","))) and not self.env.su:
            raise AccessError(
                self.env._("Only relationship managers and credit approvers dismiss a customer.")
            )
        if self.dismissed_date:
            raise UserError(
                self.env._("%(customer)s is dismissed already.", customer=self.display_name)
            )
        if not self.purchase_count:
            raise UserError(
                self.env._(
                    "%(customer)s has not bought yet, so there is no relationship to end. Mark it "
                    "as disqualified instead.",
                    customer=self.display_name,
                )
            )

    def _enter_dismissed(self, day):
        """Put the customer in Lost as of ``day``, unless it is there already."""
        lost = self.env["crm.relationship.stage"].search(
            [("company_id", "=", self.company_id.id), ("code", "=", "lost")]
        )
        values = {"dismissed_date": day}
        if self.stage_id != lost:
            values.update(
                stage_id=lost.id, stage_date=day, stage_purchase_date=self.last_purchase_date
            )
        self.write(values)
        self._mark_due()

    def _append_dismissal(self, cause, former, note=False):
        """Append to the history what was decided; return the line.

        :param former: code of the stage before it
        """
        return self.env["crm.relationship.change"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "date": self.company_id._get_relationship_today(),
                "dimension": "stage",
                "old_value": former,
                "new_value": self.stage_code,
                "cause": cause,
                "evidence": self._get_stage_evidence(),
                "note": note,
                "user_id": self.env.uid,
            }
        )

    def _get_stage_evidence(self):
        """Return what the history keeps of the customer's measures, None without stages."""
        policy = self.company_id._get_relationship_policy()
        terms = self.env["crm.relationship.stage"]._get_terms(
            self.company_id,
            self.company_id._get_relationship_today(),
            policy.window_months if policy else WINDOW_MONTHS,
        )
        if not terms:
            return None
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM crm_relationship_profile profile WHERE id = %s",
                lifecycle.evidence(terms, SQL.identifier("profile")),
                self.id,
            )
        )
        return rows[0][0]

    def _record_dismissal(self, change, reason, note):
        """Record the passive loss; who was lost before has now been given up by us."""
        losses = self.env["crm.relationship.loss"]
        decided = {"kind": "passive", "reason_id": reason.id}
        loss = losses.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
            ],
            limit=1,
        )
        if loss:
            loss.write({**decided, "note": note or loss.note})
            return
        losses.create(
            {
                **decided,
                "note": note,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "date": change.date,
                "change_id": change.id,
            }
        )._measure_revenue()

    # ------------------------------------------------------------------ merge

    def _absorb(self, others):
        """Take over from ``others``, about to be merged into this profile, what people noted
        and decided: a mark and a yearly need where it has none, a dismissal in any case.
        """
        self.ensure_one()
        values = {
            name: next(profile[name] for profile in others if profile[name])
            for name in ("ladder_mark", "yearly_need")
            if not self[name] and any(others.mapped(name))
        }
        if values:
            self.write(values)
        days = [day for day in (self | others).mapped("dismissed_date") if day]
        if days and not self.dismissed_date:
            self._enter_dismissed(min(days))

    def _record_merge(self):
        """Append which stage and step hold, too."""
        result = super()._record_merge()
        held = [
            (profile, dimension, value)
            for profile in self
            for dimension, value in (
                ("stage", profile.stage_code),
                ("ladder", profile.ladder_step),
            )
            if value
        ]
        # People append to the history only through what they do to customers.
        self.env["crm.relationship.change"].sudo().create(
            [
                {
                    "partner_id": profile.partner_id.id,
                    "company_id": profile.company_id.id,
                    "date": profile.company_id._get_relationship_today(),
                    "dimension": dimension,
                    "old_value": value,
                    "new_value": value,
                    "cause": "merged",
                    "user_id": self.env.uid,
                }
                for profile, dimension, value in held
            ]
        )
        return result

    # ---------------------------------------------------------------- actions

    def action_lift_dismissal(self):
        """Let the rules of the lifecycle hold again for these customers.

        :raises AccessError: unless the user approves credit
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(CREDIT):
            raise AccessError(self.env._("Only credit approvers lift the dismissal of a customer."))
        if not all(self.mapped("dismissed_date")):
            raise UserError(self.env._("Choose customers that are dismissed."))
        # A decision of the credit group, which does not write profiles otherwise.
        for profile in self.sudo():
            profile.dismissed_date = False
            profile._append_dismissal("lifted", profile.stage_code)
        self._mark_due()
        return True

    def action_open_losses(self):
        """Open the losses of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_loss_action"
        )
        domain = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        losses = self.env["crm.relationship.loss"].search(domain, limit=2)
        if len(losses) == 1:
            return {**action, "res_id": losses.id, "views": [(False, "form")]}
        return {**action, "domain": domain, "context": {}}
