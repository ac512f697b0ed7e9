import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_ladder", {
    url: "/odoo/customer-ladder",
    steps: () => [
        {
            content: "One climbed onto the second step",
            trigger: "[data-code=first_time] button[name=climbed]:contains(1 climbed on)",
            run: "click",
        },
        {
            content: "It is this customer",
            trigger: ".o_data_row:contains(Tour Climber)",
        },
        {
            content: "Back to the ladder",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Of the last month",
            trigger: ".o_relationship_ladder select[name=period]",
            run: "select last_month",
        },
        {
            content: "Nobody climbed there",
            trigger: "[data-code=first_time] button[name=climbed]:contains(0 climbed on)",
        },
        {
            content: "The suspects and the disqualified stand beside",
            trigger: ".o_relationship_beside [data-code=disqualified]",
        },
        {
            content: "Back to the last 12 months",
            trigger: ".o_relationship_ladder select[name=period]",
            run: "select year",
        },
        {
            content: "Its new customers by referral",
            trigger: ".o_relationship_newcomer_figures button[name=referred]:not(:contains(–))",
            run: "click",
        },
        {
            content: "Open the one that was referred",
            trigger: ".o_data_row:contains(Tour Climber) td[name=partner_id]",
            run: "click",
        },
        {
            content: "Its contact",
            trigger: "button[name=action_open_partner]",
            run: "click",
        },
        {
            content: "What salespeople know of it",
            trigger: ".o_form_view a.nav-link[name=relationship]",
            run: "click",
        },
        {
            content: "Mark it as an advocate",
            trigger:
                "[name=relationship_ladder_mark] .o_select_menu input, [name=relationship_ladder_mark] select, [name=relationship_ladder_mark] input",
            run: "click",
        },
        {
            content: "Choose the mark",
            trigger: ".o_select_menu_item:contains(Advocate)",
            run: "click",
        },
        {
            content: "And note its yearly need",
            trigger: "[name=relationship_yearly_need] input",
            run: "edit 1000",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It stands on the top step at once",
            trigger: "[name=relationship_ladder_step]:contains(Advocate)",
        },
        {
            content: "And our share is known",
            trigger: "[name=relationship_share]:contains(40.00)",
        },
        {
            content: "Why?",
            trigger: "button[name=action_explain_ladder]",
            run: "click",
        },
        {
            content: "Because it was marked",
            trigger: ".modal tr[data-step=advocate].table-active:contains(marked by hand)",
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "No dialog is left",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
