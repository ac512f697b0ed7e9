import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat as parseNumber } from "@web/views/fields/parsers";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Shades of the heat; the last one is the largest rest of the grid. */
const SHADES = 5;

/** What each cell says. */
const FIGURES = ["potential", "current", "rest"];

const sum = (cells, name) =>
    cells.reduce((total, cell) => total + (cell[name] === false ? 0 : cell[name]), 0);

/**
 * What the customer's units could buy and don't yet: product categories by business units.
 * It is read when its page is opened; a click on a cell enters its potential.
 */
export class WhitespaceGrid extends Component {
    static template = "crm_relationship.WhitespaceGrid";
    static components = { RecordSelector };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.state = useState({ grid: null, editing: null, added: [] });
        useAutofocus({ refName: "potential", selectAll: true });
        this.root = useRef("root");
        // Not awaited: the form shows a placeholder meanwhile.
        useRecordObserver((record) => {
            // Read, so that another set of units reads anew.
            void record.data.unit_ids?.records.map((unit) => unit.resId);
            this.load(record.resId);
        });
    }

    async load(planId) {
        if (planId !== this.planId) {
            this.planId = planId;
            Object.assign(this.state, { grid: null, editing: null, added: [] });
        }
        if (planId) {
            this.state.grid = await this.keepLast.add(this.call("get_whitespace"));
        }
    }

    call(method, ...args) {
        return this.orm.call("crm.relationship.plan", method, [[this.planId], ...args]);
    }

    // ------------------------------------------------------------------ figures

    get isNew() {
        return !this.props.record.resId;
    }

    get isEditable() {
        return this.state.grid.editable;
    }

    /** The rows read, and those that somebody added and has not entered anything in. */
    get rows() {
        const known = new Set(this.state.grid.rows.map((row) => row.id));
        const empty = { id: false, potential: false, current: 0, rest: false };
        return [
            ...this.state.grid.rows,
            ...this.state.added
                .filter((row) => !known.has(row.id))
                .map((row) => ({ ...row, cells: this.state.grid.units.map(() => empty) })),
        ];
    }

    get largestRest() {
        const rests = this.rows.flatMap((row) => row.cells.map((cell) => cell.rest || 0));
        return Math.max(0, ...rests);
    }

    /** Sums of cells; no rest where no potential is entered. */
    total(cells) {
        const hasRest = cells.some((cell) => cell.rest !== false);
        return {
            potential: hasRest && sum(cells, "potential"),
            current: sum(cells, "current"),
            rest: hasRest && sum(cells, "rest"),
        };
    }

    columnTotal(index) {
        return this.total(this.rows.map((row) => row.cells[index]));
    }

    get grandTotal() {
        return this.total(this.rows.flatMap((row) => row.cells));
    }

    /** From 0, no white space, to the darkest one. */
    shade({ rest }) {
        return rest > 0 ? Math.ceil((SHADES * rest) / this.largestRest) : 0;
    }

    format(value) {
        return value === false ? "–" : formatFloat(value, { digits: [16, 0] });
    }

    get lead() {
        const { currency, start, end } = this.state.grid;
        return _t(
            "In %(currency)s. Potential: what the unit could buy in a year. Current: invoiced from %(start)s to %(end)s, untaxed. Rest: potential minus current; none where no potential is entered, in totals neither.",
            { currency, start, end }
        );
    }

    label(row, unit, cell) {
        const terms = { category: row.name, unit: unit.name };
        for (const name of FIGURES) {
            terms[name] = this.format(cell[name]);
        }
        return _t(
            "%(category)s, %(unit)s: potential %(potential)s, current %(current)s, rest %(rest)s",
            terms
        );
    }

    hint(cell) {
        return [cell.opportunity, cell.note].filter(Boolean).join(" · ");
    }

    // ------------------------------------------------------------------ entering

    isEditing(row, unit) {
        const { editing } = this.state;
        return editing && editing.row === row.id && editing.unit === unit.id;
    }

    edit(row, unit, cell) {
        if (this.isEditable && row.id) {
            const value = cell.potential === false ? "" : this.format(cell.potential);
            this.state.editing = { row: row.id, unit: unit.id, value };
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.save(ev.target.value);
        } else if (ev.key === "Escape") {
            ev.stopPropagation();
            this.stop();
        }
    }

    stop() {
        const { row, unit } = this.state.editing || {};
        this.state.editing = null;
        const cell = `[data-cell="${row}-${unit}"]`;
        requestAnimationFrame(() => this.root.el?.querySelector(cell)?.focus());
    }

    /** Save what was entered; a cell that is left is saved as well. */
    async save(value, { stays = true } = {}) {
        const { editing } = this.state;
        if (!editing) {
            return;
        }
        let potential = false;
        if (value.trim()) {
            try {
                potential = parseNumber(value);
            } catch {
                this.notification.add(_t("“%s” is no amount.", value), { type: "danger" });
                return;
            }
        }
        if (stays) {
            this.stop();
        } else {
            this.state.editing = null;
        }
        if (value !== editing.value) {
            this.state.grid = await this.keepLast.add(
                this.call("set_whitespace", editing.row, editing.unit, potential)
            );
        }
    }

    async addCategory(id) {
        if (id && !this.rows.some((row) => row.id === id)) {
            const [{ display_name: name }] = await this.orm.read(
                "product.category",
                [id],
                ["display_name"]
            );
            this.state.added.push({ id, name });
        }
    }

    async openList() {
        this.action.doAction(await this.call("action_open_whitespace"));
    }
}

registry.category("view_widgets").add("relationship_whitespace", { component: WhitespaceGrid });
