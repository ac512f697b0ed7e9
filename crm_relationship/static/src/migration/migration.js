import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { MigrationMatrix, NONE, anyOf, prepareCellDomain, sumCells } from "./matrix";
import { SpanPicker } from "./span_picker";

/** How a move goes: its sign and its name, so that the colour is never alone. */
const DIRECTIONS = {
    up: { sign: "▲", label: _t("up") },
    down: { sign: "▼", label: _t("down") },
    entered: { sign: "+", label: _t("first tier") },
    gone: { sign: "−", label: _t("tier lost") },
    policy: { sign: "◇", label: _t("by a new policy") },
    same: { sign: "", label: _t("stayed") },
};

/** From which tier to which the customers moved between two days; each cell opens them. */
export class TierMigration extends Component {
    static template = "crm_relationship.TierMigration";
    static components = { Layout, MigrationMatrix, SpanPicker };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.directions = DIRECTIONS;
        const { measure = "count", from, to } = this.props.state || {};
        this.state = useState({ measure, data: null });
        useSetupAction({
            getLocalState: () => ({
                measure: this.state.measure,
                from: this.data.date_from,
                to: this.data.date_to,
            }),
        });
        onWillStart(() => this.load(from, to));
    }

    get data() {
        return this.state.data;
    }

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

    async load(from = null, to = null) {
        const days = { date_from: from, date_to: to };
        const call = this.orm.call("crm.relationship.migration", "get_migration", [], days);
        this.state.data = await this.keepLast.add(call);
    }

    day(day) {
        return formatDate(deserializeDate(day));
    }

    openCell(cell, title) {
        return this.openCustomers(title, prepareCellDomain(this.data, "tier_on", cell));
    }

    openMove({ sign, label, cells }) {
        const domains = cells.map((cell) => prepareCellDomain(this.data, "tier_on", cell));
        return this.openCustomers(`${sign} ${label}`, anyOf(domains));
    }

    openCustomers(title, domain) {
        const span = `${this.day(this.data.date_from)} – ${this.day(this.data.date_to)}`;
        return this.open("crm.relationship.profile", `${title} (${span})`, domain);
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

    open(model, name, domain) {
        const views = ["list", "kanban", "pivot", "graph", "form"];
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: views.map((view) => [false, view]),
            domain,
            context: {},
        });
    }

    openBackfill() {
        return this.action.doAction("crm_relationship.crm_relationship_backfill_action", {
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("crm_relationship_migration", TierMigration);
