"""The seed models as their user wrote them, in PyTorch, and how each is called and scored.

A case is (options for modelc, module, inputs and targets, run): `run(module, inputs)` returns the named outputs and the
loss. The names of modules are what the state_dict keys come from, so they are part of what is tested.
"""

import torch
from torch import nn
from torch.nn import functional as F


class LinearClassifier(nn.Module):
    def __init__(self, classes=2):
        super().__init__()
        self.linear = nn.Linear(10, classes)

    def forward(self, x):
        return self.linear(x)


class Preprocessor(nn.Module):
    def __init__(self, scale, offset):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(scale))
        self.offset = nn.Parameter(torch.tensor(offset))

    def forward(self, x):
        return x * self.scale + self.offset


class WrappedModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.preprocessor = Preprocessor(2.0, 1.0)
        self.classifier = LinearClassifier()

    def forward(self, x):
        return self.classifier(self.preprocessor(x))


class MockCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(100, 50))
        self.classifier = nn.Linear(50, 10)

    def forward(self, x):
        return self.classifier(self.features(x))


class CustomClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(50, 32)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(32, 5)

    def forward(self, x):
        return self.fc2(self.relu(self.fc1(x)))


class WrappedCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn_features = MockCNN().features
        self.classifier = CustomClassifier()

    def forward(self, x):
        return self.classifier(self.cnn_features(x))


class StreamModel(nn.Module):
    def __init__(self, width, activation):
        super().__init__()
        self.linear = nn.Linear(width, 20)
        self.activation = activation

    def forward(self, x):
        return self.activation(self.linear(x))


class CombinedModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.stream1 = StreamModel(5, nn.ReLU())
        self.stream2 = StreamModel(8, nn.Sigmoid())
        self.classifier = nn.Linear(40, 3)

    def forward(self, x1, x2):
        return self.classifier(torch.cat([self.stream1(x1), self.stream2(x2)], dim=1))


class ImageEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 128, 3, padding=1)
        self.pool = nn.MaxPool2d(2)

    def forward(self, images):
        x = self.pool(F.relu(self.conv1(images)))
        return self.pool(F.relu(self.conv2(x))).flatten(1)


class TextDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 128)
        self.lstm = nn.LSTM(128, 256, batch_first=True)
        self.fc = nn.Linear(256, 100)

    def forward(self, text, state=None):
        h, last = self.lstm(self.embedding(text), state)
        return self.fc(h), last


class ImageToText(nn.Module):
    def __init__(self, condition=False):
        super().__init__()
        self.image_encoder = ImageEncoder()
        self.text_decoder = TextDecoder()
        if condition:
            self.to_state = nn.Linear(128 * 8 * 8, 256)

    def forward(self, images, text):
        features = self.image_encoder(images)
        state = None
        if hasattr(self, "to_state"):
            h = torch.tanh(self.to_state(features)).unsqueeze(0)
            state = (h, torch.zeros_like(h))
        return features, self.text_decoder(text, state)[0]


class FeatureExtractor(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 64)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(64, 32)

    def forward(self, x):
        return self.fc2(self.relu(self.fc1(x)))


class MultiFeatureClassifier(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.feature_extractors = nn.ModuleList([FeatureExtractor(width) for width in widths])
        self.classifier = nn.Linear(32 * len(widths), 10)

    def forward(self, xs):
        features = [extractor(x) for extractor, x in zip(self.feature_extractors, xs)]
        return self.classifier(torch.cat(features, dim=1))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 64, batch_first=True)
        self.fc = nn.Linear(64, 10)

    def forward(self, x, state=None):
        h, last = self.lstm(x, state)
        return self.fc(h), last


class VariantModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.decoders = nn.ModuleDict({"text_decoder": Decoder(), "image_decoder": Decoder()})

    def forward(self, input_type, x):
        return self.decoders[f"{input_type}_decoder"](x)[0]


class SharedTrunk(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = FeatureExtractor(8)
        self.policy = nn.Linear(32, 4)
        self.value = nn.Linear(32, 1)

    def forward(self, x):
        features = F.relu(self.trunk(x))
        return self.policy(features), self.value(features).squeeze(-1)


def classify(module, i):
    logits = module(i["x"])
    return {"logits": logits}, F.cross_entropy(logits, i["label"])


def regress(output, source="x"):
    def run(module, i):
        y = module(i[source])
        return {output: y}, F.mse_loss(y, i["goal"])
    return run


def combine(module, i):
    logits = module(i["x1"], i["x2"])
    return {"logits": logits}, F.cross_entropy(logits, i["label"])


def encode(module, i):
    features = module(i["images"])
    return {"features": features}, F.mse_loss(features.mean(dim=1), i["brightness"])


def state_of(i):
    return (i["state.0"], i["state.1"]) if "state.0" in i else None


def read(module, i):
    logits, (h, c) = module(i["text"], state_of(i))
    loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), i["text"][:, 1:])
    return {"logits": logits, "state.0": h, "state.1": c}, loss


def describe(module, i):
    features, logits = module(i["images"], i["text"])
    return {"image_features": features, "logits": logits}, F.cross_entropy(logits.transpose(1, 2), i["next"])


def many(module, i):
    logits = module([i[f"xs.{n}"] for n in range(len(module.feature_extractors))])
    return {"logits": logits}, F.cross_entropy(logits, i["label"])


def decode(module, i):
    y, (h, c) = module(i["x"], state_of(i))
    return {"y": y, "state.0": h, "state.1": c}, F.mse_loss(y, i["goal"])


def choose(kind):
    def run(module, i):
        y = module(kind, i["x"])
        return {"y": y}, F.mse_loss(y, i["goal"])
    return run


def act(module, i):
    logits, estimate = module(i["x"])
    loss = F.cross_entropy(logits, i["action"]) + 0.5 * F.mse_loss(estimate, i["reward"])
    return {"logits": logits, "estimate": estimate}, loss


def normal(*shape):
    return torch.randn(*shape)


def words(high, *shape):
    return torch.randint(0, high, shape)


def state(hidden):
    return {"state.0": normal(1, 6, hidden), "state.1": normal(1, 6, hidden)}


def cases(name):
    """All cases of a seed. Six rows each: no size equals another by accident."""
    def classifier(make, width, classes):
        return [([], make(), {"x": normal(6, width), "label": words(classes, 6)}, classify)]

    text = {"text": words(100, 6, 7)}
    pair = {"images": normal(6, 3, 32, 32), "text": words(100, 6, 7), "next": words(100, 6, 7)}
    sequence = {"x": normal(6, 9, 32), "goal": normal(6, 9, 10)}
    table = {
        "linear_classifier": lambda: classifier(LinearClassifier, 10, 2),
        "preprocessor": lambda: [
            ([], Preprocessor(2.0, 1.0), {"x": normal(6, 7), "goal": normal(6, 7)}, regress("scaled"))],
        "wrapped_model": lambda: classifier(WrappedModel, 10, 2),
        "mock_cnn": lambda: classifier(MockCNN, 100, 10),
        "custom_classifier": lambda: classifier(CustomClassifier, 50, 5),
        "wrapped_cnn": lambda: classifier(WrappedCNN, 100, 5),
        "stream_model1": lambda: [
            ([], StreamModel(5, nn.ReLU()), {"x1": normal(6, 5), "goal": normal(6, 20)}, regress("output", "x1"))],
        "stream_model2": lambda: [
            ([], StreamModel(8, nn.Sigmoid()), {"x2": normal(6, 8), "goal": normal(6, 20)}, regress("output", "x2"))],
        "combined_model": lambda: [
            ([], CombinedModel(), {"x1": normal(6, 5), "x2": normal(6, 8), "label": words(3, 6)}, combine)],
        "image_encoder": lambda: [
            ([], ImageEncoder(), {"images": normal(6, 3, 32, 32), "brightness": normal(6)}, encode)],
        "text_decoder": lambda: [
            ([], TextDecoder(), text, read), ([], TextDecoder(), {**text, **state(256)}, read)],
        "image_to_text": lambda: [
            ([], ImageToText(), pair, describe), (["--variant", "conditioned"], ImageToText(True), pair, describe)],
        "feature_extractor": lambda: [
            ([], FeatureExtractor(10), {"x": normal(6, 10), "goal": normal(6, 32)}, regress("features")),
            (["--set", "N=17"], FeatureExtractor(17), {"x": normal(6, 17), "goal": normal(6, 32)}, regress("features"))],
        "multi_feature_classifier": lambda: [
            (options, MultiFeatureClassifier(widths),
             {**{f"xs.{n}": normal(6, width) for n, width in enumerate(widths)}, "label": words(10, 6)}, many)
            for options, widths in (([], (10, 15, 20)), (["--set", "widths=[12, 30]"], (12, 30)))],
        "decoder": lambda: [([], Decoder(), sequence, decode), ([], Decoder(), {**sequence, **state(64)}, decode)],
        "variant_model": lambda: [
            (["--choice", f"input_type={kind}"], VariantModel(), sequence, choose(kind)) for kind in ("text", "image")],
        "shared_trunk": lambda: [
            ([], SharedTrunk(), {"x": normal(6, 8), "action": words(4, 6), "reward": normal(6)}, act)],
    }
    return table[name]()
