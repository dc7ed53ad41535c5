"""The exercises: a file each, named as the exercise, and the twelve programs with a bug in `bugs`.

A file says what is right, the cases it is checked with, and the usual mistakes. The words stand in the
catalogues in the table of the exercise's name: ``hint_1`` to ``hint_3``, and one key for each mistake.
"""

# From a lesson's slug to its exercises, in the order in which they stand there. A table of names, because
# asking the files would load torch before the first lesson needs it.
IN_LESSONS = {
    "policy_gradient": (
        "rewards_to_go",
        "log_prob_gradient",
        "harmless_baselines",
        "own_mean",
        "reinforce_update",
    ),
    "trpo_vs_ppo": ("kl_divergence", "broken_promise", "outside_the_region"),
    "ratio": ("probability_ratio", "effective_sample_size", "first_minibatch", "kl_estimate"),
    "clip_and_min": ("clipped_surrogate", "gradient_cases", "negative_advantage", "leaving_the_range"),
    "gae": ("td_errors", "lambda_ends", "gae", "time_limit"),
    "full_training": (
        "make_batch",
        "ppo_loss",
        "throwing_away",
        *(f"bug_{number}" for number in range(1, 7)),
        "ppo_network",
        "ppo_collection",
        "ppo_train_net",
        "ppo_main",
        "ppo_program",
    ),
    "how_sure": ("interquartile_mean", "probability_of_improvement", "overlapping_intervals"),
    "inside_trpo": ("fisher_vector_product", "largest_step", "next_beta"),
    "language_models": (
        "token_log_probs",
        "group_advantages",
        "lone_success",
        "token_rewards",
        "masked_mean",
        "asymmetric_clip",
        "kl_in_loss",
        "which_policy",
        *(f"bug_{number}" for number in range(7, 13)),
    ),
}
