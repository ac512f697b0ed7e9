import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { Board } from "../board/board";
import { ParetoChart } from "./pareto_chart";

/** Which causes make most of the complaints. Every bar and row opens what it counts. */
export class ComplaintPareto extends Board {
    static template = "crm_relationship.ComplaintPareto";
    static components = { ...Board.components, ParetoChart };
    static choices = { period: "year", level: 1, measure: "count", categoryId: 0, teamId: 0 };

    fetchData() {
        const { companyId, period, level, measure, categoryId, teamId } = this.state;
        return this.orm.call("crm.relationship.complaint.pareto", "get_pareto", [
            companyId,
            period,
            level,
            measure,
            categoryId,
            teamId,
        ]);
    }

    setup() {
        super.setup();
        this.format = (value) => this.formatValue(value);
        this.openBar = (bar) => this.openComplaints(bar, bar.name);
    }

    get periods() {
        return [
            ["month", _t("This month")],
            ["last_month", _t("Last month")],
            ["quarter", _t("Last 3 months")],
            ["year", _t("Last 12 months")],
            ["all", _t("All time")],
        ];
    }

    get measures() {
        const labels = { count: _t("Number of complaints"), cost: _t("Cost") };
        return this.data.measures.map((measure) => [measure, labels[measure] || measure]);
    }

    get levels() {
        return Array.from({ length: this.data.levels }, (_item, index) => [
            index + 1,
            index ? _t("To level %s", index + 1) : _t("Top level"),
        ]);
    }

    get periodText() {
        const { start, end } = this.data;
        return start
            ? `${this.formatDay(start)} – ${this.formatDay(end)}`
            : _t("until %s", this.formatDay(end));
    }

    formatValue(value) {
        return this.state.measure === "cost"
            ? formatMonetary(value, { currencyId: this.data.currency_id, digits: [16, 0] })
            : formatFloat(value, { digits: [16, 0] });
    }

    formatPercent(share) {
        return `${formatFloat(share, { digits: [16, 1] })} %`;
    }

    get allText() {
        return _t("All");
    }

    get unknownText() {
        return _t("%s complaints have no cause, or none yet", this.data.unknown.count);
    }

    get vitalText() {
        const vital = this.data.bars.filter(({ is_vital }) => is_vital);
        const reached = vital.length ? vital.at(-1).cumulative : 0;
        return _t("%(few)s of %(all)s causes make %(share)s", {
            few: vital.length,
            all: this.data.bars.length,
            share: this.formatPercent(reached),
        });
    }

    /** The whole drawing in sentences, for those who do not see it. */
    get summary() {
        return this.data.bars
            .map(({ name, value, share }) =>
                _t("%(name)s: %(value)s, %(share)s.", {
                    name,
                    value: this.formatValue(value),
                    share: this.formatPercent(share),
                })
            )
            .join(" ");
    }

    onChoice(name, value) {
        const isNumber = ["companyId", "level", "categoryId", "teamId"].includes(name);
        return this.choose({ [name]: isNumber ? Number(value) : value });
    }

    openComplaints({ domain }, name) {
        const views = ["list", "kanban", "pivot", "graph", "form"];
        return this.openList("crm.relationship.complaint", name, domain, views);
    }

    openUnknown() {
        return this.openComplaints(this.data.unknown, _t("Without a Cause"));
    }
}

registry.category("actions").add("crm_relationship_complaint_pareto", ComplaintPareto);
