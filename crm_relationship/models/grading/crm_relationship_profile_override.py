from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.misc import clean_context

from .crm_relationship_profile import AT_ONCE

MANAGER = "crm_relationship.group_manager"

OVERRIDE_FIELDS = {"override_tier_id", "override_reason", "override_until"}
"""What managers decide."""

NOTED_FIELDS = {"ladder_mark", "yearly_need"}
"""What salespeople write down of a customer."""

PEOPLE_FIELDS = OVERRIDE_FIELDS | NOTED_FIELDS
"""What people write; all else is the engine's."""


class CrmRelationshipProfile(models.Model):
    """The manual tier, and what else people may write on a profile."""

    _inherit = "crm.relationship.profile"

    override_tier_id = fields.Many2one(
        "crm.relationship.tier", "Manual Tier", ondelete="restrict", index="btree_not_null"
    )
    override_reason = fields.Char("Reason")
    override_user_id = fields.Many2one("res.users", "Set By", readonly=True, ondelete="set null")
    override_until = fields.Date(
        "Valid Through", help="The next day the computed tier holds. Empty: until taken back."
    )

    @api.constrains("override_tier_id")
    def _check_override_tier(self):
        for profile in self:
            tier = profile.override_tier_id
            if tier and tier.company_id != profile.company_id:
                raise ValidationError(
                    self.env._(
                        "The tier %(tier)s is not one of %(company)s. Choose a tier of the "
                        "company's own policy.",
                        tier=tier.display_name,
                        company=profile.company_id.display_name,
                    )
                )

    @api.constrains("override_tier_id", "override_reason", "override_until")
    def _check_override(self):
        if self.filtered(
            lambda profile: (
                not profile.override_tier_id and (profile.override_reason or profile.override_until)
            )
        ):
            raise ValidationError(self.env._("Choose the manual tier that the reason is for."))
        for profile in self.filtered("override_tier_id"):
            if not (profile.override_reason or "").strip():
                raise ValidationError(self.env._("Give a reason: it is what “why?” answers with."))
            today = profile.company_id._get_relationship_today()
            if profile.override_until and profile.override_until < today:
                raise ValidationError(
                    self.env._(
                        "%(day)s is over. Let the manual tier be valid through today or later, or "
                        "leave the date empty.",
                        day=profile.override_until,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create profiles with a manual tier, or set it where the customer has a profile.

        An import of decided tiers need not know which customers were measured before.
        """
        for vals in vals_list:
            self._check_written_fields(set(vals) - {"partner_id", "company_id"})
            self._check_something_noted(vals)
        known = self._get_known(vals_list)
        # Defaults from the context are values like others, and nobody has checked them.
        context = self.env.context if self.env.su else clean_context(self.env.context)
        clean = self.env(context=context)[self._name]
        created = super(CrmRelationshipProfile, clean).create(
            [
                self._prepare_override(vals)
                for vals, profile in zip(vals_list, known, strict=True)
                if not profile
            ]
        )
        created.filtered("override_tier_id")._apply_override()
        created._mark_due()
        for vals, profile in zip(vals_list, known, strict=True):
            if profile:
                profile.write({name: vals[name] for name in PEOPLE_FIELDS & set(vals)})
        new = iter(created)
        return self.union(*(profile or next(new) for profile in known))

    def _get_known(self, vals_list):
        """Return, for each of ``vals_list``, the profile that exists or an empty one."""
        partners = [vals.get("partner_id") for vals in vals_list]
        profiles = {
            (profile.partner_id.id, profile.company_id.id): profile
            for profile in self.search([("partner_id", "in", partners)])
        }
        company = self.env.company.id
        return [
            profiles.get((vals.get("partner_id"), vals.get("company_id") or company), self.browse())
            for vals in vals_list
        ]

    def write(self, vals):
        """Write the manual tier: it holds at once and goes to the history."""
        self._check_written_fields(set(vals))
        decided = self.filtered("override_tier_id")
        result = super().write(self._prepare_override(vals))
        if NOTED_FIELDS & set(vals):
            self._mark_due()
        if OVERRIDE_FIELDS & set(vals):
            decided |= self.filtered("override_tier_id")
            decided._apply_override(note=vals.get("override_reason"))
        return result

    def _is_override_valid(self):
        """Return whether the manual tier holds today."""
        self.ensure_one()
        today = self.company_id._get_relationship_today()
        return bool(self.override_tier_id) and (
            not self.override_until or self.override_until >= today
        )

    def _take_override(self, other):
        """Take over the manual tier of ``other``, who decided it included."""
        self.write(
            {
                "override_tier_id": other.override_tier_id.id,
                "override_reason": other.override_reason,
                "override_until": other.override_until,
                "override_user_id": other.override_user_id.id,
            }
        )

    def _check_written_fields(self, names):
        """Check that people write decisions only; the engine's own code runs as sudo."""
        if self.env.su:
            return
        if names & OVERRIDE_FIELDS and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only relationship managers decide a tier by hand."))
        if names - PEOPLE_FIELDS:
            raise AccessError(
                self.env._(
                    "Measures and tiers are computed. To decide otherwise for a customer, give it "
                    "a manual tier with a reason."
                )
            )

    def _check_something_noted(self, vals):
        """Check that people do not make profiles of nothing: the runs make those."""
        if not self.env.su and not PEOPLE_FIELDS & set(vals):
            raise AccessError(
                self.env._(
                    "A relationship begins with the first invoice, order or opportunity, or with "
                    "what you note of a customer."
                )
            )

    def _prepare_override(self, vals):
        """Return ``vals`` with who decides; without a tier the whole decision goes."""
        if "override_tier_id" not in vals:
            return dict(vals)
        if vals["override_tier_id"]:
            return {"override_user_id": self.env.uid, **vals}
        return {**vals, **dict.fromkeys(OVERRIDE_FIELDS, False), "override_user_id": False}

    def _apply_override(self, note=None):
        """Let the manual tier hold, or after taking it back the computed one."""
        moved = self.filtered(lambda profile: profile._get_decided_tier() != profile.tier_id)
        changes = [profile._prepare_change(note) for profile in moved]
        for tier, profiles in self.grouped(lambda profile: profile._get_decided_tier()).items():
            # The result of a decision is the engine's to write, like every tier.
            profiles.sudo().write({"tier_id": tier.id, "below_count": 0, "next_due_date": AT_ONCE})
        # People append to the history only through decisions like this one.
        self.env["crm.relationship.change"].sudo().create(changes)

    def _get_decided_tier(self):
        """Return the tier that holds by decision, without one the computed tier."""
        self.ensure_one()
        return self.override_tier_id or self.computed_tier_id

    def _prepare_change(self, note=None):
        """Return the line of the history that the present decision makes."""
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "date": self.company_id._get_relationship_today(),
            "dimension": "tier",
            "old_value": self.tier_id.code,
            "new_value": self._get_decided_tier().code,
            "cause": "override" if self.override_tier_id else "override_end",
            "basis_amount": self.tier_basis,
            "note": self.override_reason or note,
            "user_id": self.env.uid,
        }
