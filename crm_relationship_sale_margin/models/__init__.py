from . import crm_relationship_profile
