import { user } from "@web/core/user";
import { patch } from "@web/core/utils/patch";
import { Many2XAutocomplete } from "@web/views/fields/relational_utils";
import { MARGIN_HEALTH } from "./margin_health";

const GROUP = "crm_relationship.group_user";

/** What the drop-down asks for beside the name, in the same call. */
export const STANDING = {
    relationship_tier_id: { fields: { display_name: {}, code: {}, color: {} } },
    relationship_margin_health: {},
};

/**
 * Shows the tier and the margin of each suggested customer, to users who may see them.
 *
 * Odoo marks the drop-downs that look for customers with `res_partner_search_mode`, on quotations
 * and opportunities among others; the other drop-downs stay as they are.
 */
patch(Many2XAutocomplete.prototype, {
    get isCustomerSearch() {
        const { context, resModel } = this.props;
        return resModel === "res.partner" && context.res_partner_search_mode === "customer";
    },

    get searchSpecification() {
        const specification = super.searchSpecification;
        return this.showsStanding ? { ...specification, ...STANDING } : specification;
    },

    async search(name) {
        this.showsStanding = this.isCustomerSearch && (await user.hasGroup(GROUP));
        return super.search(name);
    },

    buildRecordSuggestion(request, record) {
        const suggestion = super.buildRecordSuggestion(request, record);
        suggestion.data.tier = record.relationship_tier_id;
        suggestion.data.health = MARGIN_HEALTH[record.relationship_margin_health];
        return suggestion;
    },
});
