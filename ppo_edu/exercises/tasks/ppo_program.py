"""The whole program: right in every part, and it learns two tasks."""

from ppo_edu.exercises.tasks.ppo_collection import collect
from ppo_edu.exercises.tasks.ppo_main import main
from ppo_edu.exercises.tasks.ppo_network import PPO
from ppo_edu.exercises.tasks.ppo_train_net import train_net
from ppo_edu.exercises.whole_program.steps import ProgramExercise

EXERCISE = ProgramExercise("ppo_program", (PPO, collect, train_net, main))
