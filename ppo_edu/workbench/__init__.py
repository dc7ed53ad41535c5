"""Training to watch and to touch: a dashboard, a button that retrains, and one update in slow motion."""

from ppo_edu.workbench.dashboard import Dashboard
from ppo_edu.workbench.retrain import Retrain
from ppo_edu.workbench.step_mode import StepMode

__all__ = ["Dashboard", "Retrain", "StepMode"]
