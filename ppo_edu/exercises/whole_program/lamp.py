"""A second task, for which no program was written: walk to the lamp, and stay under it."""

import gymnasium
import numpy as np

STEPS, STRIDE = 20, 0.2
LEFT, STAY, RIGHT = 0, 1, 2


class Lamp(gymnasium.Env):
    """On a line from -1 to 1, each step costs the distance to the lamp; the time is up after 20 steps.

    It differs from CartPole in all that a program may have taken for granted: three numbers are observed,
    there are three actions, rewards are negative and unequal, and an episode is truncated, never terminated.
    A step takes two microseconds and the credit comes at once, so that a right program learns it in seconds.

    The observation, float32, is where one stands, where the lamp is, and the share of the time that is left.
    """

    observation_space = gymnasium.spaces.Box(-1.0, 1.0, (3,), np.float32)
    action_space = gymnasium.spaces.Discrete(3)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._at, self._lamp = self.np_random.uniform(-1, 1, size=2)
        self._steps = 0
        return self._observation(), {}

    def step(self, action):
        self._at = min(max(self._at + STRIDE * (int(action) - STAY), -1.0), 1.0)
        self._steps += 1
        reward = -abs(self._at - self._lamp)
        return self._observation(), reward, False, self._steps >= STEPS, {}

    def _observation(self):
        return np.array([self._at, self._lamp, 1 - self._steps / STEPS], dtype=np.float32)
