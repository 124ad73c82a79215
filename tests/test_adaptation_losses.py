"""Every loss of every adaptation method, against NumPy; and which part of the network each of them moves."""

import re

import attrs
import numpy as np
import pytest
import torch
from torch import nn

from simreal.training.adaptation.cdan import Cdan, random_multilinear
from simreal.training.adaptation.clustering import kmeans
from simreal.training.adaptation.config import METHOD_NAMES, Adaptation
from simreal.training.adaptation.gradient_reversal import reverse_gradient
from simreal.training.adaptation.method import Batch, Method, Network, Part, Survey
from simreal.training.adaptation.methods import METHODS
from simreal.training.adaptation.selection import information_maximisation, soft_neighbourhood_density
from simreal.training.adaptation.shot import pseudo_labels
from simreal.training.adaptation.source_only import SourceOnly
from simreal.training.adaptation.steps import make_optimizers, set_lr, take_step
from simreal.training.backbones import Classifier, Normalisation
from simreal.training.config import RunConfig
from simreal.training.devices import Precision

from . import adaptation_numbers as numbers

torch.set_num_threads(1)
CLASSES, POOLED, WIDTH = 4, 7, 6
SOURCE, TARGET = 40, 30  # images of the domains
EXACT = {"rtol": 1e-5, "atol": 1e-5}


class Net:
    """A classifier on pooled features, a batch, and the same as NumPy arrays."""

    def __init__(self, name: str, seed: int, progress: float = 0.3, epoch: int = 1) -> None:
        torch.manual_seed(seed)
        unset = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
        self.classifier = Classifier(nn.Identity(), POOLED, CLASSES, unset, WIDTH).train()
        nn.init.normal_(self.classifier.head.weight)
        self.method: Method = METHODS[name](Network(self.classifier, True), SOURCE, TARGET).eval()  # eval: no dropout
        self.batch = Batch(
            source=torch.randn(12, POOLED),
            labels=torch.randint(CLASSES, (12,)),
            source_numbers=torch.randperm(SOURCE)[:12],
            target=1 + torch.randn(10, POOLED),
            target_numbers=torch.randperm(TARGET)[:10],
            epoch=epoch,
            progress=progress,
        )
        with torch.no_grad():
            source, target = self.method.both(self.batch)
        self.source, self.target = array(source), array(target)
        self.y = self.batch.labels.numpy()
        self.lam = 2 / (1 + np.exp(-10 * progress)) - 1
        self.source_logits, self.target_logits = self.head(self.source), self.head(self.target)
        self.p = numbers.softmax(self.target_logits)

    def head(self, features: numbers.Array) -> numbers.Array:
        return linear(self.classifier.head, features)

    def losses(self, phase: int = 0) -> dict[str, float]:
        return {name: float(loss.detach()) for name, loss in self.method.phases()[phase].losses(self.batch).items()}


def array(tensor: torch.Tensor) -> numbers.Array:
    return tensor.detach().double().numpy()


def linear(layer: nn.Linear, features: numbers.Array) -> numbers.Array:
    return features @ array(layer.weight).T + array(layer.bias)


def discriminate(method: Method, features: numbers.Array) -> numbers.Array:
    """The discriminator's logits."""
    for layer in method.discriminator:
        if isinstance(layer, nn.Linear):
            features = linear(layer, features)
        elif isinstance(layer, nn.ReLU):
            features = np.maximum(features, 0)
    return features


@pytest.fixture(params=range(3))
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_every_method_is_told_by_its_paper() -> None:
    assert tuple(METHODS) == METHOD_NAMES
    for method in METHODS.values():
        assert re.search(r"``.*``.*\((N|M), ", method.__doc__ or "", re.DOTALL), f"{method.name}: formula and shapes"


def test_no_adaptation(seed: int) -> None:
    net = Net("none", seed)
    alone = array(net.method.network.features(net.batch.source))
    assert net.losses() == pytest.approx({"source": numbers.cross_entropy(net.head(alone), net.y)}, rel=1e-5)
    net.method = SourceOnly(net.method.network, SOURCE, TARGET, label_smoothing=0.1)
    p = np.log(numbers.softmax(net.head(alone)))
    smoothed = 0.9 * np.eye(CLASSES)[net.y] + 0.1 / CLASSES
    assert net.losses()["source"] == pytest.approx(-(smoothed * p).sum(1).mean(), rel=1e-5)


def test_dann(seed: int) -> None:
    net = Net("dann", seed)
    source, target = discriminate(net.method, net.source), discriminate(net.method, net.target)
    expected = {
        "source": numbers.cross_entropy(net.source_logits, net.y),
        "domain": numbers.domain_loss(source, target, np.ones(12), np.ones(10)),
    }
    assert net.losses() == pytest.approx(expected, rel=1e-5)


def test_mcd(seed: int) -> None:
    net = Net("mcd", seed)
    second = net.method.second
    p2 = numbers.softmax(linear(second, net.target))
    classify = numbers.cross_entropy(net.source_logits, net.y) + numbers.cross_entropy(
        linear(second, net.source), net.y
    )
    balance = 0.01 * (numbers.balance(net.p) + numbers.balance(p2))
    discrepancy = np.mean(np.abs(net.p - p2))
    assert net.losses(0) == pytest.approx({"source": classify, "balance": balance}, rel=1e-5)
    expected = {"source": classify, "disagreement": -discrepancy, "balance": balance}
    assert net.losses(1) == pytest.approx(expected, rel=1e-5)
    assert [net.losses(phase) for phase in range(2, 6)] == [pytest.approx({"discrepancy": discrepancy}, rel=1e-5)] * 4
    assert len(net.method.phases()) == 6
    weight, bias = (array(value) for value in net.method.adapted_head())
    mean = (net.target_logits + linear(second, net.target)) / 2
    np.testing.assert_allclose(net.target @ weight.T + bias, mean, **EXACT)
    np.testing.assert_allclose(array(net.method.logits(torch.from_numpy(net.target).float())), mean, **EXACT)


def test_rca(seed: int) -> None:
    net = Net("rca", seed)
    h_s, h_t = linear(net.method.joint, net.source), linear(net.method.joint, net.target)
    guessed = net.p.argmax(1)
    classify, cross_entropy = numbers.cross_entropy(net.source_logits, net.y), numbers.cross_entropy
    heads = {
        "source": classify,
        "joint": net.lam * (cross_entropy(h_s, net.y) + cross_entropy(h_t, CLASSES + guessed)),
        "balance": 0.1 * numbers.balance(net.p),
    }
    features = {
        "source": classify,
        "joint": net.lam * (cross_entropy(h_s, CLASSES + net.y) + cross_entropy(h_t, guessed)),
        "entropy": net.lam * numbers.entropies(net.p).mean(),
    }
    assert net.losses(0) == pytest.approx(heads, rel=1e-5)
    assert net.losses(1) == pytest.approx(features, rel=1e-5)


def survey(net: Net, epoch: int) -> Survey:
    features = torch.randn(SOURCE, WIDTH), torch.randn(TARGET, WIDTH)
    logits = net.classifier.head(features[1]).detach()
    return Survey(features[0], torch.randint(CLASSES, (SOURCE,)), features[1], logits, epoch)


@pytest.mark.parametrize("epoch", [0, 1])
def test_srdc(seed: int, epoch: int) -> None:
    net = Net("srdc", seed, epoch=epoch)
    seen = survey(net, epoch)
    net.method.survey(seen)
    source, target = array(seen.source_features), array(seen.target_features)
    start = numbers.class_means(source, seen.labels.numpy(), np.zeros((CLASSES, WIDTH)))
    if epoch:
        start = numbers.class_means(target, array(seen.target_logits).argmax(1), start)
    clusters, centres = numbers.lloyd(target, start)
    of_label = centres[seen.labels.numpy()]
    cosines = (source * of_label).sum(1) / np.linalg.norm(source, axis=1) / np.linalg.norm(of_label, axis=1)
    labels, weights = clusters[net.batch.target_numbers], ((1 + cosines) / 2)[net.batch.source_numbers]
    np.testing.assert_allclose(array(net.method.centres), centres, **EXACT)

    strength, beta = (net.lam, 1.0) if epoch else (1.0, 0.0)
    s_s = 1 / (1 + numbers.distances(net.source, centres))
    s_t = 1 / (1 + numbers.distances(net.target, centres))

    def source_loss(logits: numbers.Array) -> float:
        return float(np.mean(weights * numbers.cross_entropies(logits, net.y)))

    def target_loss(logits: numbers.Array) -> float:
        p = numbers.softmax(logits)
        return float(-(numbers.assignment(p, labels, beta) * np.log(p)).sum(1).mean())

    expected = {
        "source": source_loss(net.source_logits),
        "source centres": strength * source_loss(s_s),
        "target": strength * target_loss(net.target_logits),
        "target centres": strength * target_loss(s_t),
    }
    assert net.losses() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
def test_the_assignment_of_srdc(seed: int, beta: float) -> None:
    from simreal.training.adaptation.srdc import assignment

    net = Net("srdc", seed)
    labels = np.random.default_rng(seed).integers(0, CLASSES, 10)
    found = assignment(torch.from_numpy(net.p), torch.from_numpy(labels), beta)
    np.testing.assert_allclose(found, numbers.assignment(net.p, labels, beta), **EXACT)
    np.testing.assert_allclose(found.sum(1), 1, **EXACT)


def test_clusters_are_those_of_scikit_learn(seed: int) -> None:
    from sklearn.cluster import KMeans

    random = np.random.default_rng(seed)
    points, start = random.normal(size=(200, 5)), random.normal(size=(4, 5))
    labels, centres = kmeans(torch.from_numpy(points).float(), torch.from_numpy(start).float(), steps=300)
    reference = KMeans(4, init=start, n_init=1, tol=0, algorithm="lloyd").fit(points)
    np.testing.assert_array_equal(labels, reference.labels_)
    np.testing.assert_allclose(centres, reference.cluster_centers_, **EXACT)


def test_disclusterda(seed: int) -> None:
    net = Net("disclusterda", seed)
    seen = survey(net, 0)
    net.method.survey(seen)
    before_s = numbers.class_means(array(seen.source_features), seen.labels.numpy(), np.zeros((CLASSES, WIDTH)))
    before_t = numbers.class_means(array(seen.target_features), array(seen.target_logits).argmax(1), before_s)

    def moved(before: numbers.Array, features: numbers.Array, labels: numbers.Labels) -> numbers.Array:
        after = before.copy()
        for k in set(labels.tolist()):
            after[k] = 0.7 * before[k] + 0.3 * features[labels == k].mean(0)
        return after

    c_s, c_t = moved(before_s, net.source, net.y), moved(before_t, net.target, net.p.argmax(1))
    own = np.arange(CLASSES)

    def of_centroids(logits: list[numbers.Array]) -> float:
        return net.lam * sum(numbers.cross_entropy(each / 2, own) for each in logits)

    near_s, near_t = (numbers.softmax(-numbers.distances(*pair)) for pair in ((net.source, c_s), (net.target, c_t)))
    expected = {
        "source": numbers.cross_entropy(net.source_logits, net.y),
        "balance": 0.01 * numbers.balance(net.p),
        "entropy": net.lam * numbers.filtered_entropy(net.p),
        "target centroids": net.lam * numbers.filtered_entropy(near_t),
        "source centroids": net.lam * numbers.cross_entropy(near_s, net.y),
        "classified": of_centroids([net.head(c_s), net.head(c_t)]),
        "apart": of_centroids([-numbers.distances(c_s, c_s), -numbers.distances(c_t, c_t)]),
    }
    assert net.losses() == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(array(net.method.target_centroids), c_t, **EXACT)


@pytest.mark.parametrize("name", ["cdan", "cdan_mcc"])
def test_cdan(seed: int, name: str) -> None:
    net = Net(name, seed)
    p_s = numbers.softmax(net.source_logits)
    source, target = (
        discriminate(net.method, np.stack([np.outer(f, q).ravel() for f, q in zip(features, p, strict=True)]))
        for features, p in ((net.source, p_s), (net.target, net.p))
    )
    weights = (1 + np.exp(-numbers.entropies(p)) for p in (p_s, net.p))
    expected = {
        "source": numbers.cross_entropy(net.source_logits, net.y),
        "domain": numbers.domain_loss(source, target, *weights),
    }
    if name == "cdan_mcc":
        expected["confusion"] = numbers.class_confusion(net.target_logits)
    assert net.losses() == pytest.approx(expected, rel=1e-5)


def test_many_classes_have_cdan_draw_its_products(seed: int) -> None:
    unset = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    method = Cdan(Network(Classifier(nn.Identity(), POOLED, 49, unset, 256), True), SOURCE, TARGET)
    assert method.random and method.discriminator[0].in_features == 1024
    random = np.random.default_rng(seed)
    f, p, of_f, of_p = (random.normal(size=shape) for shape in ((5, 8), (5, 3), (8, 16), (3, 16)))
    found = random_multilinear(*(torch.from_numpy(values) for values in (f, p, of_f, of_p)))
    expected = [[(f[i] @ of_f[:, j]) * (p[i] @ of_p[:, j]) / 4 for j in range(16)] for i in range(5)]
    np.testing.assert_allclose(found, expected, **EXACT)


def test_mcc(seed: int) -> None:
    net = Net("mcc", seed)
    expected = {
        "source": numbers.cross_entropy(net.source_logits, net.y),
        "confusion": numbers.class_confusion(net.target_logits),
    }
    assert net.losses() == pytest.approx(expected, rel=1e-5)


def test_shot(seed: int) -> None:
    net = Net("shot", seed)
    seen = survey(net, 1)
    net.method.survey(seen)
    labels = numbers.pseudo_labels(array(seen.target_features), numbers.softmax(array(seen.target_logits)))
    np.testing.assert_array_equal(net.method.labels, labels)
    alone = net.head(array(net.method.network.features(net.batch.target)))
    p = numbers.softmax(alone)
    expected = {
        "entropy": numbers.entropies(p).mean(),
        "diversity": -numbers.entropies(p.mean(0, keepdims=True))[0],
        "pseudo-labels": 0.3 * numbers.cross_entropy(alone, labels[net.batch.target_numbers]),
    }
    assert net.losses() == pytest.approx(expected, rel=1e-5)


def test_a_class_that_nothing_is_near_to_is_no_pseudo_label() -> None:
    features = torch.tensor([[1.0, 0.1], [1.0, -0.1], [-1.0, 0.0]])
    p = torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.1, 0.9, 0.0]])
    assert pseudo_labels(features, p).tolist() == [0, 0, 1]


def test_the_gradient_is_turned_round(seed: int) -> None:
    values = torch.randn(3, 4, requires_grad=True)
    weights = torch.randn(3, 4)
    reversed_values = reverse_gradient(values, 0.25)
    assert torch.equal(reversed_values, values)
    (reversed_values * weights).sum().backward()
    torch.testing.assert_close(values.grad, -0.25 * weights)


MOVES = {
    "mcd": [EVERYTHING := {Part.FEATURES, Part.HEADS}, {Part.HEADS}, *[{Part.FEATURES}] * 4],
    "rca": [{Part.HEADS}, {Part.FEATURES}],
    "shot": [{Part.FEATURES}],
}


@pytest.mark.parametrize("name", METHODS)
def test_each_phase_moves_what_the_paper_says(name: str) -> None:
    phases = Net(name, 0).method.phases()
    assert [set(phase.moves) for phase in phases] == MOVES.get(name, [EVERYTHING])


@pytest.mark.parametrize("name", METHODS)
def test_a_phase_moves_its_part_and_gives_nothing_else_a_gradient(name: str) -> None:
    net = Net(name, 0)
    if net.method.wants_survey(0):
        net.method.survey(survey(net, 0))
    adaptation = Adaptation(target="target", method=name)
    config = RunConfig(data="source", backbone="features", weights="none", lr=0.1, adaptation=adaptation)
    network = {
        Part.FEATURES: list(net.classifier.bottleneck.parameters()),
        Part.HEADS: [*net.classifier.head.parameters(), *net.method.parameters()],
    }
    for phase in net.method.phases():
        optimizers = make_optimizers(net.method, config)
        set_lr(optimizers, 0.1)
        before = {part: [p.detach().clone() for p in parameters] for part, parameters in network.items()}
        for parameter in (p for parameters in network.values() for p in parameters):
            parameter.grad = None
        take_step([phase], optimizers, net.batch, Precision(torch.device("cpu"), False))
        for part, parameters in network.items():
            changed = [not torch.equal(old, new) for old, new in zip(before[part], parameters, strict=True)]
            assert any(changed) == (part in phase.moves), (name, part)
            if part not in phase.moves:
                assert all(parameter.grad is None for parameter in parameters), (name, part)


def test_the_backbone_learns_slower_and_norms_are_not_decayed() -> None:
    unset = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    backbone = nn.Sequential(nn.Linear(3, POOLED), nn.BatchNorm1d(POOLED))
    method = METHODS["mcd"](Network(Classifier(backbone, POOLED, CLASSES, unset, WIDTH), False), SOURCE, TARGET)
    adaptation = Adaptation(target="target", method="mcd", backbone_lr=0.1)
    config = RunConfig(data="source", backbone="features", weights="none", weight_decay=0.2, adaptation=adaptation)
    optimizers = make_optimizers(method, config)
    set_lr(optimizers, 0.5)
    groups = [group for optimizer in optimizers.values() for group in optimizer.param_groups]
    of = {id(parameter): (group["lr"], group["weight_decay"]) for group in groups for parameter in group["params"]}
    expected = {backbone[0].weight: (0.05, 0.2), backbone[1].weight: (0.05, 0.0), method.second.weight: (0.5, 0.2)}
    expected |= {method.network.head.bias: (0.5, 0.0), method.network.classifier.bottleneck.norm.bias: (0.5, 0.0)}
    assert {parameter: of[id(parameter)] for parameter in expected} == expected


@pytest.mark.parametrize("name", ["dann", "cdan", "cdan_mcc"])
def test_the_domain_loss_reaches_features_turned_round_and_the_head_not_at_all(name: str) -> None:
    """The features get minus lambda times what they would get without reversal; the discriminator gets all of it."""
    net = Net(name, 0)
    features = net.classifier.bottleneck.linear.weight
    first = net.method.discriminator[0].weight
    gradients = {}
    for progress in (0.0, 0.1, 100.0):
        batch = attrs.evolve(net.batch, progress=progress)
        loss = net.method.phases()[0].losses(batch)["domain"]
        gradients[progress] = torch.autograd.grad(
            loss, [features, first, net.classifier.head.weight], allow_unused=True, materialize_grads=True
        )
    ramp = 2 / (1 + np.exp(-1)) - 1
    assert float(gradients[0.0][0].abs().max()) == 0
    torch.testing.assert_close(gradients[0.1][0], ramp * gradients[100.0][0])
    torch.testing.assert_close(gradients[0.1][1], gradients[100.0][1])
    assert float(gradients[100.0][1].abs().max()) > 0
    assert all(float(each[2].abs().max()) == 0 for each in gradients.values())
    step = features.detach() + 1e-3 * gradients[100.0][0]  # against reversed gradients is up the discriminator's loss
    before = net.losses()["domain"]
    with torch.no_grad():
        features.copy_(features - (step - features))
    assert net.losses()["domain"] > before


def test_what_the_target_pulls_on() -> None:
    """MCD's discrepancy pulls on both heads and the features; SRDC's centres learn from both domains."""
    net = Net("mcd", 0)
    pulled = torch.autograd.grad(
        net.method.phases()[2].losses(net.batch)["discrepancy"],
        [net.classifier.bottleneck.linear.weight, net.classifier.head.weight, net.method.second.weight],
    )
    assert all(float(gradient.abs().max()) > 0 for gradient in pulled)
    net = Net("srdc", 0)
    net.method.survey(survey(net, 1))
    losses = net.method.phases()[0].losses(net.batch)
    for name in ("source centres", "target centres"):
        (gradient,) = torch.autograd.grad(losses[name], net.method.centres, retain_graph=True)
        assert float(gradient.abs().max()) > 0, name
    for name in ("source", "target"):
        (gradient,) = torch.autograd.grad(
            losses[name], net.method.centres, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        assert float(gradient.abs().max()) == 0, name


def test_soft_neighbourhood_density(seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(40, 5)) * 3
    found = soft_neighbourhood_density(torch.from_numpy(logits))
    assert found == pytest.approx(numbers.soft_neighbourhood_density(logits), rel=1e-5)
    clusters = np.repeat(np.eye(5) * 20, 8, axis=0)
    assert soft_neighbourhood_density(torch.from_numpy(clusters)) == pytest.approx(np.log(7), rel=1e-3)
    assert soft_neighbourhood_density(torch.zeros(1, 5)) == 0


def test_information_maximisation(seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(40, 5)) * 3
    p = numbers.softmax(logits)
    expected = numbers.entropies(p.mean(0, keepdims=True))[0] - numbers.entropies(p).mean()
    assert information_maximisation(torch.from_numpy(logits)) == pytest.approx(expected, rel=1e-5)
    sure = torch.eye(5) * 50
    assert information_maximisation(sure) == pytest.approx(np.log(5), rel=1e-4)
