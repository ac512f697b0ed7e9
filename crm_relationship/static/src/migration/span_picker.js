import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";

/** Chooses the two days between which customers are compared. */
export class SpanPicker extends Component {
    static template = "crm_relationship.SpanPicker";
    static components = { DateTimeInput };
    static props = {
        presets: Array,
        from: String,
        to: String,
        onChange: Function, // told the two days, the earlier one first
    };

    isPreset(preset) {
        return preset.date_from === this.props.from && preset.date_to === this.props.to;
    }

    setDay(side, value) {
        if (value) {
            const { from, to } = { ...this.props, [side]: serializeDate(value) };
            this.props.onChange(...[from, to].sort());
        }
    }

    deserialize(day) {
        return deserializeDate(day);
    }
}
