import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_preview", {
    url: "/odoo/tier-policies",
    steps: () => [
        {
            content: "Start from the template by share of revenue",
            trigger: ".o_data_row:contains(Pareto):contains(Template) td[name='name']",
            run: "click",
        },
        {
            content: "Use it",
            trigger: "button[name='action_use_template']",
            run: "click",
        },
        {
            content: "The draft shows its own conditions only",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains(Draft)):not(:has(div[name='tier_ids'] th[data-name='visits_min']))",
        },
        {
            content: "Preview it",
            trigger: "button[name='action_preview']",
            run: "click",
        },
        {
            content: "The largest customers bring the first 80 %",
            trigger:
                "div[name='tier_ids'] .o_data_row:contains(A · Key):contains(up to 80 % of the total)",
        },
        {
            content: "Nothing has changed yet",
            trigger: ".o_form_view:contains(No tier has changed)",
        },
        {
            content: "See who would rise",
            trigger: ".oe_stat_button:contains(Up)",
            run: "click",
        },
        {
            content: "From which tier to which",
            trigger: ".o_data_row:contains(Up):contains(C · Ordinary):contains(A · Key)",
        },
        {
            content: "Back to the preview",
            trigger: ".o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "Activate the policy",
            trigger: ".o_form_view:has(.oe_stat_button) button[name='action_activate']",
            run: "click",
        },
        {
            content: "After a warning",
            trigger: ".modal:contains(at once and without grace) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is in force",
            trigger: ".o_form_view:contains(This policy is in force)",
        },
    ],
});
