import { Component, onWillStart, onWillUpdateProps } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** Names of the Bootstrap colours; a word always stands beside the colour. */
const COLORS = {
    overdue: "danger",
    due_soon: "warning",
    in_time: "success",
    urgent: "danger",
    safety: "danger",
    unassigned: "warning",
};

/**
 * How many open complaints there are, and what of them is dangerous: one call for all. A figure
 * switches the filter of its name.
 */
export class ComplaintFigures extends Component {
    static template = "crm_relationship.ComplaintFigures";
    static props = { list: { type: Object, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.figures = [];
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        const found = await this.orm.call("crm.relationship.complaint", "get_board_figures", [], {
            context: user.context,
        });
        this.figures = found.map(({ name, count }) => ({
            name,
            count,
            text: formatInteger(count),
            label: this.labels[name] || name,
            color: (count && COLORS[name]) || "body",
        }));
    }

    get labels() {
        return {
            open: _t("Open"),
            overdue: _t("Overdue"),
            due_soon: _t("Due soon"),
            in_time: _t("In time"),
            unassigned: _t("Unassigned"),
            urgent: _t("Urgent"),
            safety: _t("Safety Matters"),
            waiting: _t("Waiting for the Customer"),
            old: _t("Older than 14 days"),
        };
    }

    getFilter(name) {
        return this.env.searchModel.getSearchItems((item) => item.name === name)[0];
    }

    isActive({ name }) {
        return Boolean(this.getFilter(name)?.isActive);
    }

    /** Show what the figure counted; “Open” shows all again. */
    toggle({ name }) {
        const { searchModel } = this.env;
        const isActive = this.isActive({ name });
        const names = this.figures.map((figure) => figure.name);
        for (const item of searchModel.getSearchItems(
            ({ name: other, isActive: on }) => on && names.includes(other)
        )) {
            searchModel.toggleSearchItem(item.id);
        }
        const filter = this.getFilter(name);
        if (filter && !isActive) {
            searchModel.toggleSearchItem(filter.id);
        }
    }
}

class ComplaintBoardKanbanRenderer extends KanbanRenderer {
    static template = "crm_relationship.ComplaintBoardKanban";
    static components = { ...KanbanRenderer.components, ComplaintFigures };
}

class ComplaintBoardListRenderer extends ListRenderer {
    static template = "crm_relationship.ComplaintBoardList";
    static components = { ...ListRenderer.components, ComplaintFigures };
}

registry.category("views").add("relationship_complaint_board", {
    ...kanbanView,
    Renderer: ComplaintBoardKanbanRenderer,
});
registry.category("views").add("relationship_complaint_board_list", {
    ...listView,
    Renderer: ComplaintBoardListRenderer,
});
