import { registry } from "@web/core/registry";
import { pick } from "./steps";

registry.category("web_tour.tours").add("crm_relationship_plan_action", {
    url: "/odoo/account-plans",
    steps: () => [
        {
            content: "Open the plan",
            trigger: ".o_data_row:contains(Tour Plan) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "See the goals",
            trigger: ".nav-link[name=goals]",
            run: "click",
        },
        {
            content: "A department is covered by nobody",
            trigger:
                ".o_field_widget[name=coverage_ids] .o_data_row.text-danger:contains(Tour Department)",
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
            run: "edit Dinner with the boss",
        },
        ...pick("type_id", "Business dinner"),
        {
            content: "A dinner must name its project",
            trigger: ".o_field_widget[name=lead_id].o_required_modifier",
        },
        ...pick("role_id", "Tour Boss"),
        ...pick("lead_id", "Tour Project"),
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
            content: "Plan the meeting",
            trigger: ".o_form_saved button[name=action_plan_meeting]",
            run: "click",
        },
        {
            content: "Nothing is sent to the contact",
            trigger: ".modal:contains(nothing is sent) button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The meeting is in the calendar; record what came of it",
            trigger:
                ".o_form_view:has(button[name=action_open_meeting]) button[name=action_ask_result]",
            run: "click",
        },
        {
            content: "A continuation",
            trigger:
                ".modal .o_field_widget[name=result] .o_radio_item:contains(Continuation) input",
            run: "click",
        },
        {
            content: "It is no success",
            trigger: ".modal .alert:contains(counts as no success)",
        },
        {
            content: "No, an advance",
            trigger: ".modal .o_field_widget[name=result] .o_radio_item:contains(Advance) input",
            run: "click",
        },
        {
            content: "Which one",
            trigger: ".modal .o_field_widget[name=advance_id] input",
            run: "edit Trial agreed",
        },
        {
            content: "The trial",
            trigger: ".o-autocomplete--dropdown-item:contains(Trial agreed)",
            run: "click",
        },
        {
            content: "What was said",
            trigger: ".modal .o_field_widget[name=feedback] textarea",
            run: "edit Two weeks from Monday on",
        },
        {
            content: "Record",
            trigger: ".modal button[name=action_record]",
            run: "click",
        },
        {
            content: "It is done, with the advance",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains(Done)) .o_field_widget[name=advance_id]:contains(Trial agreed)",
        },
        {
            content: "Back to the plan",
            trigger: ".breadcrumb-item a:contains(Tour Plan)",
            run: "click",
        },
        {
            content: "See its actions",
            trigger: ".nav-link[name=actions]",
            run: "click",
        },
        {
            content: "The advance stands there",
            trigger:
                ".o_field_widget[name=plan_action_ids] .o_data_row:contains(Dinner with the boss):contains(Advance)",
        },
    ],
});
