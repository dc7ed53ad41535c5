"""The fourth step of the whole program: collect, learn, again."""

from ppo_edu.exercises.tasks.ppo_collection import collect
from ppo_edu.exercises.tasks.ppo_network import PPO
from ppo_edu.exercises.tasks.ppo_train_net import train_net
from ppo_edu.exercises.whole_program.steps import MainExercise


def main(env, max_steps):
    model = PPO(env.observation_space.shape[0], env.action_space.n)
    steps, done = 0, True
    while steps < max_steps:
        if done:
            s, _ = env.reset()
        transitions = collect(model, env, s)
        train_net(model, transitions)
        steps += len(transitions)
        _, _, _, s, _, terminated, truncated = transitions[-1]
        done = terminated or truncated
    return model


EXERCISE = MainExercise("ppo_main", (main,))
