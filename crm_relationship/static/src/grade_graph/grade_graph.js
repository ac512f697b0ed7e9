import { onWillStart } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** The colour of a badge, which the canvas of a chart can't take from a class. */
function badgeColor(color) {
    const badge = document.createElement("span");
    badge.className = `badge o_badge_color_${color} d-none`;
    document.body.append(badge);
    const { backgroundColor } = getComputedStyle(badge);
    badge.remove();
    return backgroundColor;
}

/** Draws credit grades in the order of the policy, each in the colour of its badge. */
export class GradeGraphRenderer extends GraphRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.grades = new Map();
        onWillStart(async () => {
            const found = await this.orm.searchRead(
                "crm.relationship.credit.grade",
                [["company_id", "!=", false]],
                ["code", "color"],
                { order: "score_from desc, id" }
            );
            for (const { code, color } of found) {
                if (!this.grades.has(code)) {
                    this.grades.set(code, { place: this.grades.size, color: badgeColor(color) });
                }
            }
        });
    }

    getBarChartData() {
        const { datasets } = this.model.data;
        const place = ({ label }) => this.grades.get(label)?.place ?? this.grades.size;
        datasets.sort((one, other) => place(one) - place(other));
        const data = super.getBarChartData();
        for (const dataset of datasets) {
            const grade = this.grades.get(dataset.label);
            if (grade) {
                dataset.backgroundColor = grade.color;
            }
        }
        return data;
    }

    /** Customers are counted in whole numbers, on the axis too. */
    formatValue(value, allIntegers = true, formatType = "") {
        const isCount = this.model.metaData.measure === "__count";
        return super.formatValue(value, allIntegers || isCount, formatType);
    }
}

registry.category("views").add("relationship_grade_graph", {
    ...graphView,
    Renderer: GradeGraphRenderer,
});
