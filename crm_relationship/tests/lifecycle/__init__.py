from . import test_board
from . import test_stage_curve
from . import test_tour_lifecycle_board
