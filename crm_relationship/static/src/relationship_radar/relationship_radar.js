import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The picture's box; its scores reach RADIUS from the middle. */
const WIDTH = 440;
const HEIGHT = 340;
const RADIUS = 108;
/** Where the names stand, as so many times the radius. */
const NAMES_AT = 1.14;
const RINGS = [25, 50, 75, 100];
const FULL = 100;

/**
 * An assessment as a radar: what is now, what is wanted and what was at the last review. A
 * dimension that is not assessed has no mark, so the line is broken there; it is no zero.
 */
export class RelationshipRadar extends Component {
    static template = "crm_relationship.RelationshipRadar";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get assessment() {
        return this.props.record.data[this.props.name] || { dimensions: [] };
    }

    /** Whether it shows what was at a review: then nothing is worked out, and no why is known. */
    get isPast() {
        return Boolean(this.assessment.as_of);
    }

    get viewBox() {
        return `${-WIDTH / 2} ${-HEIGHT / 2} ${WIDTH} ${HEIGHT}`;
    }

    get rings() {
        return RINGS.map((ring) => ({
            ring,
            y: this.place(0, ring).y,
            points: this.assessment.dimensions
                .map((_dimension, index) => this.place(index, ring))
                .map(({ x, y }) => `${x},${y}`)
                .join(" "),
        }));
    }

    get spokes() {
        return this.assessment.dimensions.map((_dimension, index) => this.place(index, FULL));
    }

    /** Where a score lies on the spoke of a dimension; the first one points up. */
    place(index, score) {
        const angle = (2 * Math.PI * index) / this.assessment.dimensions.length;
        const distance = (RADIUS * score) / FULL;
        return {
            x: Number((Math.sin(angle) * distance).toFixed(2)),
            y: Number((-Math.cos(angle) * distance).toFixed(2)),
        };
    }

    get series() {
        return [
            { key: "last", label: this.isPast ? _t("Review before") : _t("Last review") },
            { key: "wanted", label: _t("Wanted") },
            { key: "score", label: this.isPast ? _t("At this review") : _t("Now") },
        ]
            .map((one) => ({ ...one, ...this.draw(one.key) }))
            .filter(({ marks }) => marks.length);
    }

    /** The marks of a series, and its outline: closed if nothing is missing, else in pieces. */
    draw(key) {
        const { dimensions } = this.assessment;
        const has = (index) => typeof dimensions[index]?.[key] === "number";
        const marks = dimensions
            .map(({ code, [key]: score }, index) => ({
                code,
                isKnown: has(index),
                ...this.place(index, score || 0),
            }))
            .filter(({ isKnown }) => isKnown);
        if (marks.length === dimensions.length) {
            const outline = this.path(marks);
            return { marks, line: `${outline} Z`, area: `${outline} Z` };
        }
        const pieces = [];
        dimensions.forEach((dimension, index) => {
            const next = (index + 1) % dimensions.length;
            if (index !== next && has(index) && has(next)) {
                pieces.push([
                    this.place(index, dimension[key]),
                    this.place(next, dimensions[next][key]),
                ]);
            }
        });
        return {
            marks,
            line: pieces.map((piece) => this.path(piece)).join(" "),
            area: pieces.map((piece) => `${this.path(piece)} L 0 0 Z`).join(" "),
        };
    }

    path(points) {
        return points.map(({ x, y }, index) => `${index ? "L" : "M"} ${x} ${y}`).join(" ");
    }

    /** The names around the radar: buttons, placed in percents of the picture's box. */
    get names() {
        return this.assessment.dimensions.map((dimension, index) => {
            const { x, y } = this.place(index, FULL * NAMES_AT);
            const side = Math.abs(x) < 1 ? "middle" : x > 0 ? "end" : "start";
            return {
                ...dimension,
                side: side === "middle" && y > 0 ? "bottom" : side === "middle" ? "top" : side,
                style: `left: ${(x / WIDTH + 0.5) * 100}%; top: ${(y / HEIGHT + 0.5) * 100}%`,
                text: this.describe(dimension),
            };
        });
    }

    describe({ name, score, wanted, last }) {
        const values = { name, score, wanted, last };
        if (typeof score !== "number") {
            return _t("%(name)s: not assessed, wanted %(wanted)s.", values);
        }
        if (typeof last !== "number") {
            return _t("%(name)s: %(score)s, wanted %(wanted)s.", values);
        }
        return _t("%(name)s: %(score)s, wanted %(wanted)s, last review %(last)s.", values);
    }

    /** The whole picture in sentences, for those who do not see it. */
    get title() {
        return [_t("Assessment."), ...this.names.map(({ text }) => text)].join(" ");
    }

    /** Open why; what is typed is saved before, so that the answer is about what is shown. */
    async open({ id }) {
        const { record } = this.props;
        if ((await record.isDirty()) && !(await record.save())) {
            return;
        }
        this.action.doAction(
            await this.orm.call("crm.relationship.plan.score", "action_explain", [[id]])
        );
    }
}

/** The scores of the layers and of the plan, above the radar. */
export class RelationshipLayers extends Component {
    static template = "crm_relationship.RelationshipLayers";
    static props = { ...standardFieldProps };

    get layers() {
        const { layers = [], total } = this.props.record.data[this.props.name] || {};
        return [...layers, { ...total, code: "total", name: _t("All Dimensions") }].map(
            (layer) => ({
                ...layer,
                isAssessed: typeof layer.score === "number",
                wantedText: _t("wanted %s", layer.wanted),
            })
        );
    }
}

registry.category("fields").add("relationship_radar", {
    component: RelationshipRadar,
    supportedTypes: ["json"],
});
registry.category("fields").add("relationship_layers", {
    component: RelationshipLayers,
    supportedTypes: ["json"],
});
