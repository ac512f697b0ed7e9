{
    "name": "Customer Relationship Grading: Point of Sale",
    "summary": "Orders and guests of shops and restaurants as purchases of customers",
    "version": "19.0.0.1.0",
    "category": "Sales/CRM",
    "website": "https://github.com/crm-relationship/crm_relationship",
    "author": "crm_relationship contributors",
    "license": "LGPL-3",
    "depends": ["crm_relationship", "point_of_sale"],
    "data": [
        "views/pos_order_views.xml",
    ],
    "demo": [
        "demo/crm_relationship_pos_demo.xml",
    ],
    "auto_install": True,
}
