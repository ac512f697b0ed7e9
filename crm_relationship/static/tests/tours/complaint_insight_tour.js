import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_complaint_board", {
    steps: () => [
        {
            content: "Two are open, and one of them is urgent",
            trigger: ".o_relationship_complaint_figures button[name=open] b:contains(2)",
        },
        {
            content: "Show the urgent one",
            trigger: ".o_relationship_complaint_figures button[name=urgent]",
            run: "click",
        },
        {
            content: "It is chosen, in the search too",
            trigger:
                ".o_relationship_complaint_figures button[name=urgent][aria-pressed=true]:has(b:contains(1))",
        },
        { trigger: ".o_searchview_facet:contains(Urgent)" },
        { trigger: ".o_kanban_record:contains(Tour: a guard came loose)" },
        {
            content: "Only it is shown",
            trigger: ".o_kanban_renderer:not(:has(.o_kanban_record:contains(Tour: late)))",
        },
        {
            content: "“Open” shows all again",
            trigger: ".o_relationship_complaint_figures button[name=open]",
            run: "click",
        },
        { trigger: ".o_kanban_record:contains(Tour: late)" },
        { content: "As a list", trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Tour: late)" },
        {
            content: "Open it",
            trigger: ".o_data_row:contains(Tour: late) .o_data_cell[name=subject]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=subject]" },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_complaint_pareto", {
    steps: () => [
        { trigger: ".o_relationship_pareto_chart canvas" },
        {
            content: "The first cause makes most of it",
            trigger: ".o_relationship_pareto_table tbody tr:first-child:contains(Tour Process)",
        },
        {
            content: "Nearer causes",
            trigger: ".o_relationship_pareto select[name=level]",
            run: "select 2",
        },
        {
            content: "The bar below it",
            trigger: ".o_relationship_pareto_table button:contains(Tour Process / Tour Planning)",
            run: "click",
        },
        {
            content: "It opens its complaints",
            trigger: ".o_list_view .o_data_row:contains(Tour: late)",
        },
    ],
});
