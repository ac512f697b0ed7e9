from . import base_partner_merge
from . import base_partner_merge_ladder
from . import crm_relationship_backfill
from . import crm_relationship_dismiss
from . import crm_relationship_override
from . import crm_relationship_preview
from . import crm_relationship_release
from . import crm_relationship_setup
