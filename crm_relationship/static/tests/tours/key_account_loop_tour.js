import { registry } from "@web/core/registry";
import { pick } from "./steps";

const card = (name) => `.o_hierarchy_node:has(.o_relationship_map_card:contains(${name}))`;
const back = {
    content: "Back to the plan",
    trigger: ".breadcrumb-item a:contains(Tour Plan)",
    run: "click",
};

registry.category("web_tour.tours").add("crm_relationship_key_account_loop", {
    steps: () => [
        {
            content: "See the customer's plans",
            trigger: ".o_form_view button[name=action_open_relationship_plans]",
            run: "click",
        },
        {
            content: "Open the plan",
            trigger: ".o_data_row:contains(Tour Plan) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Open its decision chain",
            trigger: "button[name=action_open_chain]",
            run: "click",
        },
        {
            content: "Drag the buyer below the boss",
            trigger: card("Tour Buyer"),
            run: `drag_and_drop ${card("Tour Boss")}`,
        },
        {
            content: "The buyer reports to the boss",
            trigger: `.o_relationship_map_branch:has(> div ${card("Tour Boss")}) > .o_relationship_map_reports ${card("Tour Buyer")}`,
        },
        back,
        {
            content: "See the radar",
            trigger: ".o_notebook .nav-link[name=assessment]",
            run: "click",
        },
        {
            content: "Its score is beside that of the last review",
            trigger: ".o_relationship_radar [data-legend=last]",
        },
        {
            content: "There are more buttons than fit",
            trigger: ".o_form_view .o_button_more",
            run: "click",
        },
        {
            content: "Open the actions",
            trigger: ".o_dropdown_more button[name=action_open_actions]",
            run: "click",
        },
        {
            content: "Add one",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Say what",
            trigger: ".o_form_view .o_field_widget[name=name] input",
            run: "edit Visit of the works",
        },
        ...pick("type_id", "Test Delivery"),
        ...pick("role_id", "Tour Boss"),
        {
            content: "Say when",
            trigger: ".o_field_widget[name=date_deadline] input",
            run: "edit 12/31/2035",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Record what came of it",
            trigger: ".o_form_saved button[name=action_ask_result]",
            run: "click",
        },
        {
            content: "An advance",
            trigger: ".modal .o_field_widget[name=result] .o_radio_item:contains(Advance) input",
            run: "click",
        },
        ...pick("advance_id", "Test Trial"),
        {
            content: "What was said",
            trigger: ".modal .o_field_widget[name=feedback] textarea",
            run: "edit From Monday on",
        },
        {
            content: "Record",
            trigger: ".modal button[name=action_record]",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_form_view .o_arrow_button_current:contains(Done)",
        },
        back,
        {
            content: "See the reviews",
            trigger: ".o_notebook .nav-link[name=reviews]",
            run: "click",
        },
        {
            content: "Open the one that is due",
            trigger: ".o_relationship_timeline .o_kanban_record:contains(Due)",
            run: "click",
        },
        {
            content: "Hold it",
            trigger: "button[name=action_hold]",
            run: "click",
        },
        {
            content: "Yes, keep it as it is now",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is held; see what changed",
            trigger:
                "body:not(:has(.modal)):has(.o_arrow_button_current:contains(Held)) .o_notebook .nav-link[name=changes]",
            run: "click",
        },
        {
            content: "Whom the buyer reports to now",
            trigger:
                ".o_relationship_changes [data-group=chain]:contains(Tour Buyer):contains(Tour Boss)",
        },
        {
            content: "And the advance",
            trigger: ".o_relationship_changes [data-group=actions]:contains(Visit of the works)",
        },
    ],
});
