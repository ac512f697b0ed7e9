import { Component, markup, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The risks of a key customer, read once the form is shown: they take a dozen queries, which
 * nobody should wait for who opens a contact.
 */
export class RiskLights extends Component {
    static template = "crm_relationship.RiskLights";
    static props = {
        ...standardFieldProps,
        profileField: { type: String, optional: true },
        part: { type: String, optional: true },
    };
    static defaultProps = { profileField: "", part: "lights" };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ html: null });
        // Not awaited: the form shows a placeholder meanwhile.
        useRecordObserver((record, props) => {
            this.load(this.profileId(record, props), record.data[props.name], props.part);
        });
    }

    /** The profile whose risks are shown; what is saved or read anew of the record reads again. */
    profileId(record, { profileField }) {
        return profileField ? record.data[profileField]?.id : record.resId;
    }

    async load(profileId, isShown, part) {
        if (profileId !== this.loadedId) {
            this.loadedId = profileId;
            this.state.html = null;
        }
        const call =
            profileId && isShown
                ? this.orm.call("crm.relationship.profile", "get_risks", [[profileId]])
                : Promise.resolve({});
        const risks = await this.keepLast.add(call);
        this.state.html = markup(risks[part] || "");
    }
}

registry.category("fields").add("relationship_risk_lights", {
    component: RiskLights,
    supportedTypes: ["boolean"],
    extractProps: ({ options }) => ({ profileField: options.profile, part: options.part }),
});
