from . import test_dismissal
from . import test_loss
from . import test_loss_task
from . import test_merge
from . import test_stage
from . import test_tour_loss
