from . import crm_relationship_profile
from . import crm_relationship_run
from . import pos_order
