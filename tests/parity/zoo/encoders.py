"""BERT, RoBERTa, DistilBERT, ViT, Whisper's encoder and CLIP, with the names of Hugging Face's `transformers`."""

import torch
from torch import nn
from torch.nn import functional as F

from zoo.case import Case, normal, padded, sizes, words

# What the published checkpoints have.
PUBLISHED = {
    "text/bert": 110106428, "text/bert@large": 336226108, "text/roberta": 124697433, "text/roberta@large": 355412057,
    "text/distilbert": 66985530, "images/hf_vit": 86567656, "images/hf_vit@large": 304326632,
    "audio/whisper_encoder": 7632384 + 1500 * 384, "images/clip": 151277313, "images/clip@base_patch16": 149620737,
    "images/clip@large_patch14": 427616513}


class Space(nn.Module):
    """Children by name, and no more."""

    def __init__(space, **children):  # one child is called self
        super(Space, space).__init__()
        for name, child in children.items():
            setattr(space, name, child)


def attend(q, k, v, heads, mask=None):
    """Softmax over the keys where `mask` is true, head by head."""
    parts = []
    for query, key, value in zip(*(x.chunk(heads, dim=-1) for x in (q, k, v))):
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        parts.append(scores.softmax(dim=-1) @ value)
    return torch.cat(parts, dim=-1)


def word_loss(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten())


def mask_of(i):
    return i.get("attention_mask", torch.ones_like(i["input_ids"]) > 0)


class Output(nn.Module):
    def __init__(self, wide, width, eps):
        super().__init__()
        self.dense = nn.Linear(wide, width)
        self.LayerNorm = nn.LayerNorm(width, eps=eps)

    def forward(self, h, x):
        return self.LayerNorm(self.dense(h) + x)


class BertLayer(nn.Module):
    def __init__(self, width, heads, eps):
        super().__init__()
        self.heads = heads
        projections = Space(**{name: nn.Linear(width, width) for name in ("query", "key", "value")})
        self.attention = Space(**{"self": projections, "output": Output(width, width, eps)})
        self.intermediate = Space(dense=nn.Linear(width, 4 * width))
        self.output = Output(4 * width, width, eps)

    def forward(self, x, mask):
        project = getattr(self.attention, "self")
        h = attend(project.query(x), project.key(x), project.value(x), self.heads, mask)
        h = self.attention.output(h, x)
        return self.output(F.gelu(self.intermediate.dense(h)), h)


class BertModel(nn.Module):
    def __init__(self, vocab, positions, types, width, depth, heads, eps, pad, pooled):
        super().__init__()
        self.embeddings = Space(
            word_embeddings=nn.Embedding(vocab, width, padding_idx=pad),
            position_embeddings=nn.Embedding(positions, width), token_type_embeddings=nn.Embedding(types, width),
            LayerNorm=nn.LayerNorm(width, eps=eps))
        self.encoder = Space(layer=nn.ModuleList(BertLayer(width, heads, eps) for _ in range(depth)))
        if pooled:
            self.pooler = Space(dense=nn.Linear(width, width))

    def forward(self, ids, positions, types, mask):
        e = self.embeddings
        x = e.LayerNorm(e.word_embeddings(ids) + e.position_embeddings(positions) + e.token_type_embeddings(types))
        for layer in self.encoder.layer:
            x = layer(x, mask[:, None])
        return x, torch.tanh(self.pooler.dense(x[:, 0])) if hasattr(self, "pooler") else None


class Bert(nn.Module):
    def __init__(self, vocab, positions, width, depth, heads):
        super().__init__()
        self.bert = BertModel(vocab, positions, 2, width, depth, heads, 1e-12, 0, True)
        predictions = Space(
            transform=Space(dense=nn.Linear(width, width), LayerNorm=nn.LayerNorm(width, eps=1e-12)),
            decoder=nn.Linear(width, vocab))
        predictions.bias = nn.Parameter(torch.zeros(vocab))
        predictions.decoder.weight = self.bert.embeddings.word_embeddings.weight
        predictions.decoder.bias = predictions.bias
        self.cls = Space(predictions=predictions, seq_relationship=nn.Linear(width, 2))

    def forward(self, i):
        ids = i["input_ids"]
        types = i.get("token_type_ids", torch.zeros_like(ids))
        x, pooled = self.bert(ids, torch.arange(ids.shape[1]), types, mask_of(i))
        head = self.cls.predictions
        words_ = head.decoder(head.transform.LayerNorm(F.gelu(head.transform.dense(x))))
        pair = self.cls.seq_relationship(pooled)
        loss = word_loss(words_, i["labels"]) + F.cross_entropy(pair, i["next_sentence_label"])
        return {"prediction_logits": words_, "seq_relationship_logits": pair}, loss


class Roberta(nn.Module):
    def __init__(self, vocab, positions, width, depth, heads):
        super().__init__()
        self.roberta = BertModel(vocab, positions, 1, width, depth, heads, 1e-5, 1, False)
        self.lm_head = Space(
            dense=nn.Linear(width, width), layer_norm=nn.LayerNorm(width, eps=1e-5), decoder=nn.Linear(width, vocab))
        self.lm_head.bias = nn.Parameter(torch.zeros(vocab))
        self.lm_head.decoder.weight = self.roberta.embeddings.word_embeddings.weight
        self.lm_head.decoder.bias = self.lm_head.bias

    def forward(self, i):
        ids = i["input_ids"]
        positions = torch.full_like(ids, 1)
        for row, line in enumerate(ids):
            count = 1
            for place, word in enumerate(line):
                if word != 1:
                    count += 1
                    positions[row, place] = count
        x, _ = self.roberta(ids, positions, torch.zeros_like(ids), mask_of(i))
        head = self.lm_head
        logits = head.decoder(head.layer_norm(F.gelu(head.dense(x))))
        return {"logits": logits}, word_loss(logits, i["labels"])


class DistilLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention = Space(**{name: nn.Linear(width, width) for name in ("q_lin", "k_lin", "v_lin", "out_lin")})
        self.sa_layer_norm = nn.LayerNorm(width, eps=1e-12)
        self.ffn = Space(lin1=nn.Linear(width, 4 * width), lin2=nn.Linear(4 * width, width))
        self.output_layer_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x, mask):
        a = self.attention
        x = self.sa_layer_norm(x + a.out_lin(attend(a.q_lin(x), a.k_lin(x), a.v_lin(x), self.heads, mask)))
        return self.output_layer_norm(x + self.ffn.lin2(F.gelu(self.ffn.lin1(x))))


class DistilBert(nn.Module):
    def __init__(self, vocab, positions, width, depth, heads):
        super().__init__()
        self.distilbert = Space(
            embeddings=Space(
                word_embeddings=nn.Embedding(vocab, width, padding_idx=0),
                position_embeddings=nn.Embedding(positions, width), LayerNorm=nn.LayerNorm(width, eps=1e-12)),
            transformer=Space(layer=nn.ModuleList(DistilLayer(width, heads) for _ in range(depth))))
        self.vocab_transform = nn.Linear(width, width)
        self.vocab_layer_norm = nn.LayerNorm(width, eps=1e-12)
        self.vocab_projector = nn.Linear(width, vocab)
        self.vocab_projector.weight = self.distilbert.embeddings.word_embeddings.weight

    def forward(self, i):
        e = self.distilbert.embeddings
        ids = i["input_ids"]
        x = e.LayerNorm(e.word_embeddings(ids) + e.position_embeddings(torch.arange(ids.shape[1])))
        for layer in self.distilbert.transformer.layer:
            x = layer(x, mask_of(i)[:, None])
        logits = self.vocab_projector(self.vocab_layer_norm(F.gelu(self.vocab_transform(x))))
        return {"logits": logits}, word_loss(logits, i["labels"])


class VitLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention = Space(
            attention=Space(**{name: nn.Linear(width, width) for name in ("query", "key", "value")}),
            output=Space(dense=nn.Linear(width, width)))
        self.intermediate = Space(dense=nn.Linear(width, 4 * width))
        self.output = Space(dense=nn.Linear(4 * width, width))
        self.layernorm_before = nn.LayerNorm(width, eps=1e-12)
        self.layernorm_after = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x):
        a, h = self.attention.attention, self.layernorm_before(x)
        x = self.attention.output.dense(attend(a.query(h), a.key(h), a.value(h), self.heads)) + x
        return self.output.dense(F.gelu(self.intermediate.dense(self.layernorm_after(x)))) + x


class Vit(nn.Module):
    def __init__(self, image, patch, width, depth, heads, classes):
        super().__init__()
        embeddings = Space(patch_embeddings=Space(projection=nn.Conv2d(3, width, patch, patch)))
        embeddings.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        embeddings.position_embeddings = nn.Parameter(torch.zeros(1, (image // patch) ** 2 + 1, width))
        self.vit = Space(
            embeddings=embeddings, encoder=Space(layer=nn.ModuleList(VitLayer(width, heads) for _ in range(depth))),
            layernorm=nn.LayerNorm(width, eps=1e-12))
        self.classifier = nn.Linear(width, classes)

    def forward(self, i):
        e = self.vit.embeddings
        patches = e.patch_embeddings.projection(i["pixel_values"]).flatten(2).transpose(1, 2)
        x = torch.cat([e.cls_token.expand(len(patches), -1, -1), patches], dim=1) + e.position_embeddings
        for layer in self.vit.encoder.layer:
            x = layer(x)
        logits = self.classifier(self.vit.layernorm(x)[:, 0])
        return {"logits": logits}, F.cross_entropy(logits, i["labels"])


class BartAttention(nn.Module):
    def __init__(self, width, heads, key_bias=True):
        super().__init__()
        self.heads = heads
        self.k_proj = nn.Linear(width, width, bias=key_bias)
        self.v_proj, self.q_proj, self.out_proj = (nn.Linear(width, width) for _ in range(3))

    def forward(self, x, mask=None):
        return self.out_proj(attend(self.q_proj(x), self.k_proj(x), self.v_proj(x), self.heads, mask))


class WhisperLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.self_attn = BartAttention(width, heads, key_bias=False)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, x):
        x = x + self.self_attn(self.self_attn_layer_norm(x))
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class WhisperEncoder(nn.Module):
    def __init__(self, mels, positions, width, depth, heads):
        super().__init__()
        self.conv1 = nn.Conv1d(mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(positions, width).requires_grad_(False)
        self.layers = nn.ModuleList(WhisperLayer(width, heads) for _ in range(depth))
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, i):
        x = F.gelu(self.conv2(F.gelu(self.conv1(i["input_features"])))).permute(0, 2, 1) + self.embed_positions.weight
        for layer in self.layers:
            x = layer(x)
        x = self.layer_norm(x)
        return {"last_hidden_state": x}, F.mse_loss(x, i["states"])


class ClipLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.self_attn = BartAttention(width, heads)
        self.layer_norm1 = nn.LayerNorm(width)
        self.mlp = Space(fc1=nn.Linear(width, 4 * width), fc2=nn.Linear(4 * width, width))
        self.layer_norm2 = nn.LayerNorm(width)

    def forward(self, x, mask):
        x = x + self.self_attn(self.layer_norm1(x), mask)
        h = self.mlp.fc1(self.layer_norm2(x))
        return x + self.mlp.fc2(h * torch.sigmoid(1.702 * h))


class ClipEncoder(nn.Module):
    def __init__(self, width, depth, heads):
        super().__init__()
        self.layers = nn.ModuleList(ClipLayer(width, heads) for _ in range(depth))

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Clip(nn.Module):
    def __init__(self, image, patch, vision, vocab, positions, text, width):
        super().__init__()
        self.text_model = Space(
            embeddings=Space(
                token_embedding=nn.Embedding(vocab, text[0]), position_embedding=nn.Embedding(positions, text[0])),
            encoder=ClipEncoder(*text), final_layer_norm=nn.LayerNorm(text[0]))
        embeddings = Space(
            patch_embedding=nn.Conv2d(3, vision[0], patch, patch, bias=False),
            position_embedding=nn.Embedding((image // patch) ** 2 + 1, vision[0]))
        embeddings.class_embedding = nn.Parameter(torch.randn(vision[0]))
        self.vision_model = Space(
            embeddings=embeddings, pre_layrnorm=nn.LayerNorm(vision[0]), encoder=ClipEncoder(*vision),
            post_layernorm=nn.LayerNorm(vision[0]))
        self.visual_projection = nn.Linear(vision[0], width, bias=False)
        self.text_projection = nn.Linear(text[0], width, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.6592))

    def texts(self, i):
        ids, model = i["input_ids"], self.text_model
        steps = torch.arange(ids.shape[1])
        x = model.embeddings.token_embedding(ids) + model.embeddings.position_embedding(steps)
        x = model.final_layer_norm(model.encoder(x, mask_of(i)[:, None] & (steps[:, None] >= steps)))
        return F.normalize(self.text_projection(x[torch.arange(len(ids)), ids.argmax(dim=-1)]), dim=-1)

    def images(self, pixels):
        model = self.vision_model
        patches = model.embeddings.patch_embedding(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([model.embeddings.class_embedding.expand(len(pixels), 1, -1), patches], dim=1)
        x = model.encoder(model.pre_layrnorm(x + model.embeddings.position_embedding.weight))
        return F.normalize(self.visual_projection(model.post_layernorm(x[:, 0])), dim=-1)

    def forward(self, i):
        texts, images = self.texts(i), self.images(i["pixel_values"])
        scores = self.logit_scale.exp() * texts @ images.T
        pairs = torch.arange(len(texts))
        loss = (F.cross_entropy(scores, pairs) + F.cross_entropy(scores.T, pairs)) / 2
        return {"logits_per_image": scores.T, "logits_per_text": scores, "text_embeds": texts,
                "image_embeds": images}, loss


def with_padding(inputs, pad):
    """The same texts, all but the first of them shorter."""
    mask = padded([7, 3, 5], 7)
    return {**inputs, "attention_mask": mask, "input_ids": inputs["input_ids"].where(mask, torch.tensor(pad))}


def hidden(vocab):
    labels = words(vocab, 3, 7)
    return labels.where(torch.rand(3, 7) < 0.5, torch.tensor(-100))


def cases():
    small = dict(vocab=50, positions=12, width=12, depth=2, heads=3)
    options = sizes(**small, drop=0)
    ids = {"input_ids": words(50, 3, 7) // 2 * 2}
    labels = {"labels": hidden(50)}
    pair = {**labels, "next_sentence_label": words(2, 3)}
    for pad in (None, 0):
        inputs = ids if pad is None else {**with_padding(ids, pad), "token_type_ids": words(2, 3, 7)}
        yield Case("text/bert", lambda: Bert(**small), inputs, pair, options)
    for pad in (None, 1):
        inputs = ids if pad is None else with_padding(ids, pad)
        yield Case("text/roberta", lambda: Roberta(**small), inputs, labels, options)
    for pad in (None, 0):
        inputs = ids if pad is None else with_padding(ids, pad)
        yield Case("text/distilbert", lambda: DistilBert(**small), inputs, labels, options)
    image = dict(image=12, patch=4, width=12, depth=2, heads=3, classes=5)
    yield Case("images/hf_vit", lambda: Vit(**image), {"pixel_values": normal(3, 3, 12, 12)}, {"labels": words(5, 3)},
               sizes(**image, drop=0))
    sound = dict(mels=6, positions=5, width=12, depth=2, heads=3)
    yield Case("audio/whisper_encoder", lambda: WhisperEncoder(**sound), {"input_features": normal(3, 6, 10)},
               {"states": normal(3, 5, 12)}, sizes(**sound, drop=0))
    both = dict(image=12, patch=4, vocab=50, positions=12, width=10)
    make = lambda: Clip(**both, vision=(12, 2, 3), text=(8, 2, 2))
    options = sizes(**both, vision_width=12, vision_depth=2, vision_heads=3, text_width=8, text_depth=2, text_heads=2)
    for inputs in (ids, with_padding(ids, 0)):
        yield Case("images/clip", make, {**inputs, "pixel_values": normal(3, 3, 12, 12)}, {}, options)
