from odoo import api, fields, models
from odoo.tools import SQL

from .review_changes import compare_snapshots, get_scores

OF_PROJECTS = {
    **dict.fromkeys(("actual", "gap", "progress", "actual_amount", "gap_amount")),
    **dict.fromkeys(("actual_text", "gap_text", "status_name"), ""),
    "status": "unknown",
}
"""What a snapshot says of an opportunity to those who may not read it."""


class CrmRelationshipPlanReview(models.Model):
    """What a review keeps of the plan, and what is shown of it."""

    _inherit = "crm.relationship.plan.review"

    snapshot = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="Health, scores, chain, objectives, actions and red flags as of the review.",
    )
    score_values = fields.Json(
        compute="_compute_score_values",
        store=True,
        help="The score by the code of the dimension, and the total.",
    )
    score = fields.Integer("Total Score", compute="_compute_score_values", store=True)
    is_assessed = fields.Boolean("Assessed", compute="_compute_score_values", store=True)
    flag_count = fields.Integer("Red Flags", compute="_compute_score_values", store=True)
    score_change = fields.Integer(
        "Change",
        compute="_compute_score_change",
        help="The total score less that of the review before.",
    )
    has_score_change = fields.Boolean(
        "Has Changed",
        compute="_compute_score_change",
        help="This review and the one before have a score.",
    )
    changes = fields.Html(
        "What Changed",
        compute="_compute_changes",
        sanitize=False,
        help="What is otherwise than at the review before.",
    )
    assessment = fields.Json("Radar", compute="_compute_assessment")
    chain_map = fields.Html("Decision Chain", compute="_compute_chain_map", sanitize=False)
    objective_table = fields.Html("Objectives", compute="_compute_chain_map", sanitize=False)

    @api.depends("snapshot")
    def _compute_score_values(self):
        for review in self:
            values = get_scores(review.snapshot["scores"]) if review.snapshot else {}
            review.score_values = values or False
            review.score = values.get("total") or 0
            review.is_assessed = values.get("total") is not None
            review.flag_count = len(review.snapshot["flags"]) if review.snapshot else 0

    def _get_kept(self):
        """Return ``{review id: snapshot}`` of those that are held, read at once, as far as it is
        the user's to see: of an opportunity only those see figures who may read it.
        """
        # Nobody reads snapshots as they are; what of them is for readers of a review is told here.
        held = self._origin.sudo()
        held.fetch(["snapshot"])
        kept = {review.id: review.snapshot for review in held if review.snapshot}
        projects = [
            row
            for snapshot in kept.values()
            for row in snapshot["objectives"]
            if row["opportunity_id"]
        ]
        known = {row["opportunity_id"] for row in projects}
        leads = self.env["crm.lead"].with_context(active_test=False)
        readable = set(leads.search([("id", "in", list(known))]).ids) if known else set()
        for row in projects:
            if row["opportunity_id"] not in readable:
                row.update(OF_PROJECTS)
        return kept

    def _get_previous(self):
        """Return ``{review: the one that was held before}``, where there is one."""
        held = self.search_fetch(
            [("plan_id", "in", self.plan_id.ids), ("state", "=", "done")],
            ["plan_id", "date", "score", "is_assessed", "score_values"],
            order="date, id",
        )
        previous = {}
        for reviews in held.grouped("plan_id").values():
            previous.update(zip(reviews[1:], reviews[:-1], strict=True))
        return previous

    @api.depends("score", "is_assessed", "state", "plan_id.review_ids.state")
    def _compute_score_change(self):
        previous = self._get_previous()
        for review in self:
            before = previous.get(review._origin, self.browse())
            review.has_score_change = review.is_assessed and before.is_assessed
            review.score_change = review.score - before.score if review.has_score_change else 0

    @api.depends("snapshot", "state")
    @api.depends_context("uid", "lang")
    def _compute_changes(self):
        plans = self.env["crm.relationship.plan"]
        words = plans._get_review_words()
        previous = self._get_previous()
        known = [previous[review].id for review in self._origin if review in previous]
        kept = (self._origin | self.browse(known))._get_kept()
        for review in self:
            before = previous.get(review._origin, self.browse())
            review.changes = plans._render_review_changes(
                before, kept.get(before.id), kept.get(review._origin.id), words
            )

    @api.depends("snapshot", "state")
    @api.depends_context("lang")
    def _compute_assessment(self):
        plans = self.env["crm.relationship.plan"]
        previous = self._get_previous()
        names = plans._get_dimension_names()
        layers = plans._get_layer_names()
        kept = self._get_kept()
        for review in self:
            if review._origin.id not in kept:
                review.assessment = False
                continue
            assessment = kept[review._origin.id]["scores"]
            last = previous.get(review._origin, self.browse()).score_values or {}
            plans._add_last_review(assessment, last)
            plans._name_assessment(assessment, names, layers)
            review.assessment = {**assessment, "as_of": fields.Date.to_string(review.date)}

    @api.depends("snapshot")
    @api.depends_context("uid", "lang")
    def _compute_chain_map(self):
        render = self.env["ir.qweb"]._render
        words = self.env["crm.relationship.plan"]._get_review_words()
        snapshots = self._get_kept()
        for review in self:
            kept = snapshots.get(review._origin.id, False)
            review.chain_map = kept and render(
                "crm_relationship.review_chain",
                {"branches": self._prepare_branches(kept["chain"]), "words": words},
            )
            review.objective_table = kept and render(
                "crm_relationship.review_objectives",
                {"objectives": kept["objectives"], "words": words},
            )

    @api.model
    def _prepare_branches(self, chain):
        """Return the chain as nested ``{"role", "reports"}``; who is above stands first."""
        known = {row["id"] for row in chain}
        below = {}
        for row in chain:
            superior = row["reports_to_id"]
            below.setdefault(superior if superior in known else False, []).append(row)

        def grow(superior):
            return [{"role": row, "reports": grow(row["id"])} for row in below.get(superior, [])]

        return grow(False)

    @api.model
    def _forget_contacts(self, partners):
        """Take the names of deleted contacts out of the snapshots; what was judged stays."""
        self._change_contacts(partners, {"partner_id": False, "name": "", "function": ""})

    @api.model
    def _change_contacts(self, partners, values):
        """Give these contacts other values in the snapshots of all reviews."""
        self.flush_model(["snapshot"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT review.id
                  FROM crm_relationship_plan_review review
                 WHERE EXISTS (
                       SELECT
                         FROM jsonb_array_elements(review.snapshot -> 'chain') role
                        -- as text, for a contact that was deleted is false
                        WHERE role ->> 'partner_id' = ANY(%s))
                """,
                [str(partner_id) for partner_id in partners.ids],
            )
        )
        for review in self.browse([row[0] for row in rows]):
            snapshot = review.snapshot
            for role in snapshot["chain"]:
                if role["partner_id"] in partners.ids:
                    role.update(values)
            review.snapshot = snapshot


class ResPartner(models.Model):
    _inherit = "res.partner"

    def unlink(self):
        """A deleted contact leaves the snapshots too, whoever deletes it."""
        self.env["crm.relationship.plan.review"].sudo()._forget_contacts(self)
        return super().unlink()


class CrmRelationshipPlan(models.Model):
    _inherit = "crm.relationship.plan"

    def _get_review_snapshots(self):
        """Return ``{plan id: snapshot}`` of these plans as the user sees them now.

        Nothing private is in it: neither notes and wishes nor the flag that rests on them, nor
        texts that name contacts outside of the chain.
        """
        scores = self._get_scores_snapshot()
        health = self._get_health_snapshot()
        chain = self._get_chain_snapshot()
        objectives = self._get_objectives_snapshot()
        actions = self._get_actions_snapshot()
        for rows in objectives.values():
            for row in rows:
                row.pop("why", None)
        for kept in actions.values():
            for row in kept["actions"]:
                row.pop("target", None)
        return {
            plan.id: {
                "health": health[plan.id],
                "scores": scores[plan.id],
                "chain": chain[plan.id],
                "objectives": objectives[plan.id],
                "actions": actions[plan.id],
                "flags": [
                    {"code": flag["code"], "severity": flag["severity"]}
                    for flag in plan.red_flags or []
                    if flag["code"] != "no_career_wish"
                ],
            }
            for plan in self
        }

    @api.model
    def _render_review_changes(self, before, kept, snapshot, words):
        """Return what changed since a review was held, in the words of whoever looks at it.

        :param before: the review, or nothing if there was none
        :param kept: its snapshot
        :param snapshot: what it is now, or nothing if that is not to be told
        :param words: those of the user's language, see :meth:`_get_review_words`
        """
        if not kept or not snapshot:
            return False
        changes = compare_snapshots(kept, snapshot)
        names = {role["id"]: role["name"] for role in (*kept["chain"], *snapshot["chain"])}
        return self.env["ir.qweb"]._render(
            "crm_relationship.review_changes",
            {
                "changes": changes,
                "is_changed": any(changes.values()),
                "since": before.date,
                "words": words,
                "names": names,
            },
        )

    @api.model
    def _get_review_words(self):
        """Return ``{field: {value: word}}``, with the ``dimensions`` and ``labels`` of fields."""
        roles = self.env["crm.relationship.role"]
        fields_of = {
            **{name: roles._fields[name] for name in ("support", "coverage", "buying_role")},
            "influence": roles._fields["influence"],
            "flag": self._fields["red_flag"],
            "outcome": self.env["crm.relationship.plan.action"]._fields["outcome"],
            "goal": self.env["crm.relationship.plan.goal"]._fields["state"],
            "status": self.env["crm.relationship.plan.objective"]._fields["status"],
        }
        words = {
            name: dict(field._description_selection(self.env)) for name, field in fields_of.items()
        }
        words["dimensions"] = self._get_dimension_names()
        words["labels"] = {
            name: roles._fields[name]._description_string(self.env)
            for name in ("support", "coverage", "buying_role", "reports_to_id")
        }
        return words
