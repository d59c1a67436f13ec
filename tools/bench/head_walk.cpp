// The network of models/recipes/cnn_images.yaml with another head, as one writes it with LibTorch: MNIST, the features
// of an earlier training kept as they are, a head for digits. head_walk.py compiles and runs it beside modelc.
#include <torch/torch.h>
#include <zlib.h>

#include <fstream>
#include <iostream>

namespace nn = torch::nn;

struct Net : nn::Module {
  Net() {
    features = register_module(
        "features", nn::Sequential(nn::Conv2d(nn::Conv2dOptions(1, 20, 5).padding(2)), nn::ReLU(), nn::MaxPool2d(2),
                                   nn::Conv2d(20, 50, 5), nn::ReLU(), nn::MaxPool2d(2), nn::Flatten()));
    classifier =
        register_module("classifier", nn::Sequential(nn::Linear(1250, HEAD), nn::ReLU(), nn::Linear(HEAD, 10)));
  }
  torch::Tensor forward(const torch::Tensor& x) { return classifier->forward(features->forward(x)); }
  nn::Sequential features, classifier;
};

/// The bytes of an idx file behind its header.
torch::Tensor read_idx(const std::string& path, std::int64_t header, std::vector<std::int64_t> shape) {
  torch::Tensor values = torch::empty(shape, torch::kUInt8);
  gzFile file = gzopen(path.c_str(), "rb");
  std::vector<char> skipped(static_cast<std::size_t>(header));
  if (!file || gzread(file, skipped.data(), static_cast<unsigned>(header)) != header ||
      gzread(file, values.data_ptr(), static_cast<unsigned>(values.numel())) != values.numel())
    throw std::runtime_error("cannot read " + path);
  gzclose(file);
  return values;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string data = std::string(argv[1]) + "/mnist/";
  const torch::Tensor images = read_idx(data + "train-images-idx3-ubyte.gz", 16, {60000, 1, 28, 28});
  const torch::Tensor labels = read_idx(data + "train-labels-idx1-ubyte.gz", 8, {60000}).to(torch::kLong);
  torch::manual_seed(1);
  Net net;
  std::ifstream stored(argv[2],
                       std::ios::binary);  // conv1.weight, conv1.bias, conv2.weight, conv2.bias, one after another
  for (torch::Tensor& value : net.features->parameters()) {
    value.set_requires_grad(false);
    stored.read(static_cast<char*>(value.data_ptr()), static_cast<std::streamsize>(value.nbytes()));
  }
  if (!stored) throw std::runtime_error(std::string("cannot read ") + argv[2]);
  torch::optim::AdamW optimizer(net.classifier->parameters(), torch::optim::AdamWOptions(1e-3).weight_decay(0.01));
  const torch::Tensor order = torch::randperm(60000);
  for (std::int64_t at = 0; at + 64 <= 60000; at += 64) {
    const torch::Tensor rows = order.slice(0, at, at + 64);
    const torch::Tensor x = (images.index_select(0, rows).to(torch::kFloat) / 255 - 0.286) / 0.353;
    optimizer.zero_grad();
    torch::Tensor loss = nn::functional::cross_entropy(net.forward(x), labels.index_select(0, rows));
    loss.backward();
    optimizer.step();
    std::cout << "step " << loss.item<float>() << std::endl;
    if (at == 0 && std::getenv("FIRST_STEP_ONLY")) return 0;
  }
}
