"""Compare loss and gradient of one batch with TRL's own: ``python benchmarks/trl_loss.py``.

Needs an environment with this package and ``pip install trl`` (not among the course's dependencies). What is
called is `GRPOTrainer._compute_loss` as TRL ships it, with the log-probabilities of our model in place of
those of one from its hub: the rest of the trainer (datasets, generation, logging) is left out. The tests hold
the same loss against TRL's formulas, written out from its documentation, without TRL.
"""

import itertools
import types
from collections import defaultdict

import torch

from ppo_edu import language_models as lm
from ppo_edu.language_models.task import ANSWER_LENGTH

LOSS_TYPES = {"token": "bnpo", "sequence": "grpo", "constant": "dr_grpo"}
LOW, HIGH = 0.1, 0.28


def batch():
    """Return answers of the reference, their rewards, and a policy that has moved away from it."""
    reference, policy = lm.reference(), lm.reference()
    numbers = [number for number in (10, 23, 31, 47) for _ in range(8)]
    answers = lm.sample(reference, numbers, torch.Generator().manual_seed(2))
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weights in policy.parameters():
            weights += 0.01 * torch.randn(weights.shape, generator=generator)
    rewards = torch.tensor([lm.correct(*pair) for pair in zip(numbers, answers.texts, strict=True)])
    return answers, rewards, policy


def trainer(ratio, mean, beta):
    """Return a `GRPOTrainer` with nothing but what its loss asks for."""
    from trl import GRPOTrainer

    class OnlyTheLoss(GRPOTrainer):
        def __init__(self):
            self.beta, self.epsilon_low, self.epsilon_high = beta, LOW, HIGH
            self.importance_sampling_level, self.loss_type = ratio, LOSS_TYPES[mean]
            self.max_completion_length, self.top_entropy_quantile = ANSWER_LENGTH, 1.0
            self.off_policy_mask_threshold, self.use_vllm, self.aux_loss_enabled = None, False, False
            self._entropy_bonus_enabled, self.current_gradient_accumulation_steps = False, 1
            self.args = types.SimpleNamespace(delta=None, use_bias_correction_kl=False)
            self.model = types.SimpleNamespace(training=True)
            self._metrics = {"train": defaultdict(list)}
            self.accelerator = types.SimpleNamespace(
                gather=lambda tensor: tensor, reduce=lambda tensor, reduction: tensor
            )

        def _get_per_token_logps_and_entropies(self, model, tokens, mask, keep, **options):
            scores = model(tokens)[:, -keep - 1 : -1].log_softmax(-1)
            entropies = -(scores.exp() * scores).sum(-1)
            return scores.gather(-1, tokens[:, -keep:, None])[..., 0], entropies, None

    return OnlyTheLoss()


def main():
    """Print the largest differences, and raise if one is above 1e-5."""
    import trl

    answers, rewards, policy = batch()
    weights = list(policy.parameters())
    with torch.no_grad():
        ref_log_probs = lm.token_log_probs(lm.reference(), answers)
    print(f"TRL {trl.__version__}, {len(answers)} answers of {int(answers.valid.sum())} tokens")
    print(f"{'ratio':9} {'mean':9} {'beta':5} {'loss':>10}   {'difference':10} of the gradient")
    for ratio, mean, beta in itertools.product(("token", "sequence"), LOSS_TYPES, (0.0, 0.3)):
        config = lm.LMConfig(
            advantage="grpo", ratio=ratio, mean=mean, beta=beta, kl="k3", epsilon=LOW, epsilon_high=HIGH
        )
        advantages, _ = lm.advantages_of(answers, rewards, ref_log_probs, None, config)
        ours = lm.policy_loss(lm.token_log_probs(policy, answers), answers, advantages, ref_log_probs, config)
        inputs = {
            "prompt_ids": answers.prompts,
            "prompt_mask": torch.ones_like(answers.prompts),
            "completion_ids": answers.tokens,
            "completion_mask": answers.valid.int(),
            "advantages": lm.group_advantages(rewards, 8),
            "old_per_token_logps": answers.log_probs,
            "ref_per_token_logps": ref_log_probs,
        }
        theirs = trainer(ratio, mean, beta)._compute_loss(policy, inputs)
        gradients = zip(torch.autograd.grad(ours, weights), torch.autograd.grad(theirs, weights), strict=True)
        apart = max(float((one - other).abs().max()) for one, other in gradients)
        difference = abs(float(ours.detach() - theirs.detach()))
        print(f"{ratio:9} {mean:9} {beta:<5} {ours.item():10.6f}   {difference:.1e}    {apart:.1e}")
        if max(difference, apart) > 1e-5:
            raise SystemExit("they differ")


if __name__ == "__main__":
    main()
