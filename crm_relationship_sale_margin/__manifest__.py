{
    "name": "Customer Relationship Grading: Margins",
    "summary": "Margins of customers from the costs on sale order lines",
    "version": "19.0.0.1.0",
    "category": "Sales/CRM",
    "website": "https://github.com/crm-relationship/crm_relationship",
    "author": "crm_relationship contributors",
    "license": "LGPL-3",
    "depends": ["crm_relationship", "sale_margin"],
    "demo": ["demo/crm_relationship_sale_margin_demo.xml"],
    "auto_install": True,
}
