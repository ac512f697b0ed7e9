import { Component, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatInteger, formatPercentage } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const REFRESH_MS = 5000;

/**
 * A screen of figures of a company: it keeps what was chosen, reads its data again when that
 * changes, and while a recalculation is on. Every figure is a mark that opens the customers
 * it counts. Boards name their choices, and `fetchData` gets the data of what is chosen.
 */
export class Board extends Component {
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    /** What can be chosen besides the company, with the first choice. */
    static choices = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.rootRef = useRef("root");
        this.state = useState({
            companyId: user.activeCompany.id,
            ...this.constructor.choices,
            ...this.props.state,
            data: null,
            isLoading: false,
        });
        useSetupAction({
            rootRef: this.rootRef,
            getLocalState: () => {
                const names = ["companyId", ...Object.keys(this.constructor.choices)];
                return Object.fromEntries(names.map((name) => [name, this.state[name]]));
            },
        });
        onWillStart(() => this.load());
        onWillUnmount(() => clearTimeout(this.refresher));
    }

    // ------------------------------------------------------------------ data

    async load() {
        this.state.isLoading = true;
        try {
            this.state.data = await this.keepLast.add(this.fetchData());
        } finally {
            this.state.isLoading = false;
        }
        this.refreshLater();
    }

    /** While a recalculation is on, look again now and then. */
    refreshLater() {
        clearTimeout(this.refresher);
        if (this.data.is_running) {
            this.refresher = setTimeout(
                () => (document.hidden ? this.refreshLater() : this.load()),
                REFRESH_MS
            );
        }
    }

    get data() {
        return this.state.data;
    }

    choose(values) {
        Object.assign(this.state, values);
        return this.load();
    }

    // --------------------------------------------------------------- formats

    formatCount(count) {
        return formatInteger(count);
    }

    formatShare(share) {
        return formatPercentage(share, { digits: [16, 1] });
    }

    formatDay(day) {
        return toLocaleDateString(deserializeDate(day));
    }

    formatTime(time) {
        return toLocaleDateTimeString(deserializeDateTime(time), { showSeconds: false });
    }

    // --------------------------------------------------------------- actions

    openMark(mark, name) {
        const views = ["list", "kanban", "pivot", "graph", "form"];
        return this.openList("crm.relationship.profile", name, mark.domain, views);
    }

    openList(model, name, domain, views) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            context: {},
            views: views.map((view) => [false, view]),
        });
    }

    /** Ask for a recalculation of the company shown; the scheduler does it. */
    async startRun() {
        await this.orm.call("crm.relationship.run", "action_request", [], {
            context: { ...user.context, allowed_company_ids: [this.data.company.id] },
        });
        return this.load();
    }
}
