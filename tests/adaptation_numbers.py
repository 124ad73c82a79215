"""The losses of the adaptation methods once more, in NumPy and from the papers: what the tests hold them against."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def cross_entropies(logits: Array, labels: Labels) -> Array:
    return -np.log(softmax(logits)[np.arange(len(labels)), labels])


def cross_entropy(logits: Array, labels: Labels) -> float:
    return float(cross_entropies(logits, labels).mean())


def entropies(p: Array) -> Array:
    return np.array([-sum(x * np.log(x) for x in row if x > 0) for row in p])


def balance(p: Array) -> float:
    return float(-np.mean([np.log(np.mean(p[:, k]) + 1e-6) for k in range(p.shape[1])]))


def filtered_entropy(p: Array) -> float:
    return float(np.mean([h * np.exp(-h) for h in entropies(p)]))


def distances(features: Array, centres: Array) -> Array:
    return np.array([[((f - c) ** 2).sum() for c in centres] for f in features])


def class_means(features: Array, labels: Labels, otherwise: Array) -> Array:
    means = otherwise.copy()
    for k in set(labels.tolist()):
        means[k] = features[labels == k].mean(0)
    return means


def lloyd(features: Array, centres: Array, steps: int = 10) -> tuple[Labels, Array]:
    labels = distances(features, centres).argmin(1)
    for _ in range(steps):
        centres = class_means(features, labels, centres)
        labels = distances(features, centres).argmin(1)
    return labels, centres


def assignment(p: Array, labels: Labels, beta: float) -> Array:
    auxiliary = p / np.sqrt(p.sum(0))
    auxiliary /= auxiliary.sum(1, keepdims=True)
    return (1 - beta) * np.eye(p.shape[1])[labels] + beta * auxiliary


def class_confusion(logits: Array) -> float:
    p = softmax(logits / 2.5)
    weights = 1 + np.exp(-entropies(p))
    weights *= len(p) / weights.sum()
    total, classes = 0.0, p.shape[1]
    for a in range(classes):
        row = [sum(weights[i] * p[i, a] * p[i, b] for i in range(len(p))) for b in range(classes)]
        total += sum(row[b] for b in range(classes) if b != a) / sum(row)
    return total / classes


def domain_loss(source: Array, target: Array, source_weights: Array, target_weights: Array) -> float:
    of_source = cross_entropies(source, np.zeros(len(source), int))
    of_target = cross_entropies(target, np.ones(len(target), int))
    return float(np.average(of_source, weights=source_weights) + np.average(of_target, weights=target_weights))


def pseudo_labels(features: Array, p: Array) -> Labels:
    shares = p
    for _ in range(2):
        centroids = np.stack(
            [(shares[:, [k]] * features).sum(0) / max(shares[:, k].sum(), 1e-12) for k in range(p.shape[1])]
        )
        labels = np.array(
            [
                max(
                    (k for k in range(p.shape[1]) if shares[:, k].sum() > 0),
                    key=lambda k: f @ centroids[k] / np.linalg.norm(f) / np.linalg.norm(centroids[k]),
                )
                for f in features
            ]
        )
        shares = np.eye(p.shape[1])[labels]
    return labels


def soft_neighbourhood_density(logits: Array) -> float:
    p = softmax(logits)
    total = 0.0
    for i in range(len(p)):
        cosines = [p[i] @ p[j] / np.linalg.norm(p[i]) / np.linalg.norm(p[j]) for j in range(len(p)) if j != i]
        total += entropies(softmax(np.array([cosines]) / 0.05))[0]
    return total / len(p)
