import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { MigrationMatrix, prepareCellDomain } from "./matrix";
import { SpanPicker } from "./span_picker";

/**
 * A screen that compares what customers were on two days; each cell opens them. It keeps the
 * days and what was chosen. Boards name their server method, the field to search a day by,
 * how moves go and their choices.
 */
export class SpanBoard extends Component {
    static components = { Layout, MigrationMatrix, SpanPicker };
    static props = { ...standardActionServiceProps };
    /** What can be chosen besides the days, with the first choice. */
    static choices = { measure: "count" };
    /** The model and the method that get the data. */
    static source = [];
    /** The field that finds who was what on a day. */
    static searchField = "";
    /** How a move goes: its sign and its name, so that the colour is never alone. */
    static directions = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        const { choices, directions } = this.constructor;
        this.directions = directions;
        const { from, to, ...chosen } = this.props.state || {};
        this.state = useState({ ...choices, ...chosen, data: null, isLoading: false });
        useSetupAction({
            getLocalState: () => ({
                ...Object.fromEntries(Object.keys(choices).map((name) => [name, this.state[name]])),
                from: this.data.date_from,
                to: this.data.date_to,
            }),
        });
        onWillStart(() => this.load(from, to));
    }

    async load(from = null, to = null) {
        const days = { date_from: from, date_to: to };
        this.state.isLoading = true;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call(...this.constructor.source, [], days)
            );
        } finally {
            this.state.isLoading = false;
        }
    }

    get data() {
        return this.state.data;
    }

    day(day) {
        return formatDate(deserializeDate(day));
    }

    // --------------------------------------------------------------- actions

    getDomain(cell) {
        return prepareCellDomain(this.data, this.constructor.searchField, cell);
    }

    openCell(cell, title) {
        return this.openCustomers(title, this.getDomain(cell));
    }

    openCustomers(title, domain) {
        const span = `${this.day(this.data.date_from)} – ${this.day(this.data.date_to)}`;
        return this.open("crm.relationship.profile", `${title} (${span})`, domain);
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
