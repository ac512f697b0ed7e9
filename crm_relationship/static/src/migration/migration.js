import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { NONE, anyOf, sumCells } from "./matrix";
import { SpanBoard } from "./span_board";

const DIRECTIONS = {
    up: { sign: "▲", label: _t("up") },
    down: { sign: "▼", label: _t("down") },
    entered: { sign: "+", label: _t("first tier") },
    gone: { sign: "−", label: _t("tier lost") },
    policy: { sign: "◇", label: _t("by a new policy") },
    same: { sign: "", label: _t("stayed") },
};

/** From which tier to which the customers moved between two days; each cell opens them. */
export class TierMigration extends SpanBoard {
    static template = "crm_relationship.TierMigration";
    static source = ["crm.relationship.migration", "get_migration"];
    static searchField = "tier_on";
    static directions = DIRECTIONS;

    /** What the numbers are, in a sentence. */
    get captions() {
        const values = {
            from: this.day(this.data.date_from),
            to: this.day(this.data.date_to),
            months: this.data.window_months,
        };
        return {
            count: _t("Customers by their tier on %(from)s (rows) and on %(to)s (columns)", values),
            share: _t(
                "Where the customers of each tier of %(from)s (rows) were on %(to)s (columns)",
                values
            ),
            revenue: _t(
                "Revenue of the last %(months)s months, as it is now, by the customers' tier on %(from)s (rows) and on %(to)s (columns)",
                values
            ),
        };
    }

    /** The rows and the columns: tiers, the best first, then those without one. */
    get levels() {
        const tiers = this.data.tiers.map((tier) => ({ ...tier, short: tier.code }));
        return [...tiers, { code: NONE, name: _t("No tier"), color: 0 }];
    }

    /** How many customers went which way. */
    get moves() {
        return Object.entries(DIRECTIONS).map(([key, { sign, label }]) => {
            const cells = this.data.cells.filter((cell) => cell.direction === key);
            return { key, sign, label, cells, count: sumCells(cells).count };
        });
    }

    openMove({ sign, label, cells }) {
        const domains = cells.map((cell) => this.getDomain(cell));
        return this.openCustomers(`${sign} ${label}`, anyOf(domains));
    }

    /** Open the changes of a cause in the span of time. */
    openChanges(title, cause) {
        const { company, date_from, date_to } = this.data;
        return this.open("crm.relationship.change", title, [
            ["company_id", "=", company.id],
            ["dimension", "=", "tier"],
            ["cause", "=", cause],
            ["date", ">", date_from],
            ["date", "<=", date_to],
        ]);
    }
}

registry.category("actions").add("crm_relationship_migration", TierMigration);
