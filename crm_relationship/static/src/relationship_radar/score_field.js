import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const DEPENDENCIES = [
    { name: "score", type: "integer" },
    { name: "is_assessed", type: "boolean" },
    { name: "is_judged", type: "boolean", readonly: false },
    { name: "wanted_score", type: "integer" },
];

/**
 * The score of a dimension: a bar with the wanted score as a mark, or nothing assessed. Where
 * people judge it is entered here; an empty field is no judgement, 0 is one.
 */
export class ScoreField extends Component {
    static template = "crm_relationship.ScoreField";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data;
    }

    get value() {
        return this.data.is_judged ? String(this.data.judged_score) : "";
    }

    async onChange(ev) {
        const { record, name } = this.props;
        const text = ev.target.value.trim();
        if (text && !/^\d+$/.test(text)) {
            return record.setInvalidField(name);
        }
        record.resetFieldValidity(name);
        await record.update({ is_judged: text !== "", [name]: Number(text) });
    }
}

registry.category("fields").add("relationship_score", {
    component: ScoreField,
    supportedTypes: ["integer"],
    fieldDependencies: DEPENDENCIES,
});
