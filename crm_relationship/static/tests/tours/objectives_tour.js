import { registry } from "@web/core/registry";

const cell = (row, column) =>
    `.o_relationship_whitespace_grid tbody tr:contains(${row}) td:nth-of-type(${column})`;

registry.category("web_tour.tours").add("crm_relationship_objectives", {
    url: "/odoo/account-plans",
    steps: () => [
        {
            content: "Open the plan",
            trigger: ".o_data_row:contains(Tour Plan) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "See its objectives",
            trigger: ".o_notebook a[name=objectives]",
            run: "click",
        },
        {
            content: "The revenue is behind: ask why",
            trigger:
                ".o_field_widget[name=objective_ids] .o_data_row:contains(Behind) .o_relationship_why",
            run: "click",
        },
        {
            content: "It says what was compared",
            trigger:
                ".o_relationship_why_text:contains(10 % of the target):contains(less than 90 %)",
        },
        {
            content: "Change the target",
            trigger: ".o_field_widget[name=objective_ids] .o_data_row .o_data_cell[name=target]",
            run: "click",
        },
        {
            content: "To what has been sold already",
            trigger: ".o_field_widget[name=objective_ids] [name=target] input",
            run: "edit 100",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The objective is reached",
            trigger: ".o_field_widget[name=objective_ids] .o_data_row:contains(Reached)",
        },
        {
            content: "See the white space",
            trigger: ".o_notebook a[name=whitespace]",
            run: "click",
        },
        {
            content: "What the customer buys is there, without a potential",
            trigger: `${cell("Tour Goods", 2)}:contains(100)`,
        },
        {
            content: "Enter a potential",
            trigger: `${cell("Tour Goods", 1)} button`,
            run: "click",
        },
        {
            content: "A thousand a year",
            trigger: `${cell("Tour Goods", 1)} input`,
            run: "edit 1000 && press Enter",
        },
        {
            content: "Nine hundred are left, in the darkest shade",
            trigger: `${cell("Tour Goods", 3)}.o_relationship_heat_5:contains(900)`,
        },
        {
            content: "Its notes and opportunities are a list",
            trigger: ".o_relationship_whitespace button:contains(Notes and opportunities)",
            run: "click",
        },
        {
            content: "With the same cell",
            trigger: ".o_list_view .o_data_row:contains(Tour Goods):contains(900)",
        },
    ],
});
