from . import test_ladder_rule
from . import test_stage_explanation
from . import test_stage_history
from . import test_stage_nights
from . import test_stage_rule
from . import test_stage_transitions
