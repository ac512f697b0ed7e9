import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { Board } from "../board/board";

/** Names of the Bootstrap colours; a word always stands beside the colour. */
const BANDS = { red: "danger", amber: "warning", green: "success" };
const SEVERITIES = { high: "danger", medium: "warning", low: "secondary" };
const STATUSES = {
    behind: "danger",
    missed: "danger",
    unknown: "secondary",
    upcoming: "secondary",
};
const FRESHNESS = { fresh: "success", due: "warning", stale: "danger", never: "danger" };

/**
 * All account plans at a glance, those in the worst health first: what is dangerous, what is
 * missing and what is next. A click opens the plan. The server gives all at once; what is
 * shown of it, and in which groups, is chosen here.
 */
export class PlanBoard extends Board {
    static template = "crm_relationship.PlanBoard";
    static choices = { mine: false, active: false, critical: false, grouped: true };

    fetchData() {
        return this.orm.call("crm.relationship.plan.board", "get_board", []);
    }

    toggle(name) {
        this.state[name] = !this.state[name];
    }

    // --------------------------------------------------------------- choices

    get filters() {
        const { plans, user_id } = this.data;
        return [
            { name: "mine", label: _t("My accounts"), keeps: (plan) => plan.owner.id === user_id },
            { name: "active", label: _t("Active"), keeps: (plan) => plan.state === "active" },
            { name: "critical", label: _t("Critical"), keeps: (plan) => plan.band === "red" },
        ].map((filter) => ({ ...filter, count: plans.filter(filter.keeps).length }));
    }

    get plans() {
        const chosen = this.filters.filter(({ name }) => this.state[name]);
        return this.data.plans
            .filter((plan) => chosen.every(({ keeps }) => keeps(plan)))
            .map((plan) => this.prepare(plan));
    }

    /** One group for each owner, the one with the sickest account first; or one of all. */
    get groups() {
        const { plans } = this;
        if (!this.state.grouped) {
            return plans.length ? [{ key: "all", plans }] : [];
        }
        const groups = new Map();
        for (const plan of plans) {
            const { id, name } = plan.owner;
            groups.set(id, groups.get(id) || { key: String(id), name, plans: [] });
            groups.get(id).plans.push(plan);
        }
        return [...groups.values()].map((group) => ({ ...group, text: this.summarise(group) }));
    }

    summarise({ plans }) {
        const rated = plans.filter(({ health }) => health !== null);
        const critical = plans.filter(({ band }) => band === "red").length;
        const sum = rated.reduce((total, { health }) => total + health, 0);
        return _t("%(count)s plans, average health %(health)s, %(critical)s critical", {
            count: plans.length,
            health: rated.length ? Math.round(sum / rated.length) : "–",
            critical,
        });
    }

    get headline() {
        const { plans } = this;
        const count = (band) => plans.filter((plan) => plan.band === band).length;
        return [
            { band: "red", color: BANDS.red, count: count("red"), label: _t("critical") },
            {
                band: "amber",
                color: BANDS.amber,
                count: count("amber"),
                label: _t("need attention"),
            },
            { band: "green", color: BANDS.green, count: count("green"), label: _t("healthy") },
        ];
    }

    /** The heads of the columns; a phone shows them before each value. */
    get heads() {
        return {
            customer: _t("Customer"),
            owner: _t("Owner"),
            health: _t("Health"),
            flags: _t("Red flags"),
            revenue: _t("Revenue"),
            action: _t("Next action"),
            contact: _t("Last contact"),
            review: _t("Next review"),
        };
    }

    get hasReviews() {
        return this.data.plans.some(({ review }) => review);
    }

    get columnCount() {
        const hidden = [this.state.grouped, !this.hasReviews].filter(Boolean);
        return Object.keys(this.heads).length - hidden.length;
    }

    // ------------------------------------------------------------------ rows

    prepare(plan) {
        return {
            ...plan,
            shortName: this.shortenName(plan),
            color: BANDS[plan.band] || "secondary",
            factorsText: this.describeFactors(plan),
            flagColor: SEVERITIES[plan.flags.severity],
            flagText: _t("%s red flags", plan.flags.count),
            worstText: `${plan.flags.severity_name}: ${plan.flags.worst}`,
            statusColor: plan.revenue && (STATUSES[plan.revenue.status] || "success"),
            dueText: plan.action && this.formatShortDay(plan.action.date),
            contactText: plan.contact.date && this.formatShortDay(plan.contact.date),
            contactColor: FRESHNESS[plan.contact.freshness],
            reviewText: plan.review && this.formatShortDay(plan.review.date),
        };
    }

    /** The name of the plan without that of the customer, which stands above it. */
    shortenName({ name, customer }) {
        return (name.startsWith(customer) && name.slice(customer.length).trim()) || name;
    }

    describeFactors({ factors }) {
        return factors
            .map(({ name, points, weight }) =>
                points === null
                    ? _t("%s: left out", name)
                    : _t("%(name)s: %(points)s, weight %(weight)s", {
                          name,
                          points: Math.round(points),
                          weight,
                      })
            )
            .join("\n");
    }

    formatShortDay(day) {
        const date = deserializeDate(day);
        const isThisYear = date.year === luxon.DateTime.local().year;
        const format = isThisYear
            ? { day: "numeric", month: "short" }
            : { day: "numeric", month: "short", year: "numeric" };
        return date.toLocaleString(format);
    }

    // --------------------------------------------------------------- actions

    openPlan({ id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.relationship.plan",
            res_id: id,
            views: [[false, "form"]],
            context: user.context,
        });
    }

    openPlans() {
        return this.action.doAction("crm_relationship.crm_relationship_plan_action");
    }
}

registry.category("actions").add("crm_relationship_plan_board", PlanBoard);
