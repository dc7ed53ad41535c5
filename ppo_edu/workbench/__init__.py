"""Training under the learner's hands: watch it, change a setting and train again, walk through an update."""

from ppo_edu.workbench.answers import AnswersDashboard, RetrainAnswers
from ppo_edu.workbench.dashboard import Dashboard
from ppo_edu.workbench.rerun import Rerun, again
from ppo_edu.workbench.retrain import Retrain
from ppo_edu.workbench.step_mode import StepMode

__all__ = ["AnswersDashboard", "Dashboard", "Rerun", "Retrain", "RetrainAnswers", "StepMode", "again"]
