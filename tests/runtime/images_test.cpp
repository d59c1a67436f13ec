// Folders of images as rows: decoded when they are asked for, labelled by the classes of the training source.
#include "data/images.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "data/contact_sheet.h"
#include "data/feed.h"
#include "images/load.h"
#include "kernels/images.h"

using namespace modelc;

namespace {

class Images {
 public:
  Images() {
    path_ = (std::filesystem::temp_directory_path() / "modelc-images-XXXXXX").string();
    REQUIRE(::mkdtemp(path_.data()));
  }
  ~Images() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& name) const { return path_ + "/" + name; }

  /// uint8 [3, H, W] as a PNG.
  void add(const std::string& name, const at::Tensor& image) const {
    images::Pixels pixels{image.size(1), image.size(2), {}};
    const at::Tensor planes = image.contiguous();
    pixels.planes.assign(planes.data_ptr<std::uint8_t>(), planes.data_ptr<std::uint8_t>() + planes.numel());
    std::string bytes;
    REQUIRE(images::codec().encode_png(pixels, bytes) == "");
    put(name, bytes);
  }
  void put(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
  }
  std::string bytes(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::shared_ptr<const formats::ImageFolder> folder(const std::string& name,
                                                     std::optional<formats::ImageSize> size = std::nullopt) const {
    auto read = formats::read_image_folder(path(name), size);
    INFO(read.fault.str());
    REQUIRE(read);
    return std::make_shared<const formats::ImageFolder>(std::move(*read.value));
  }
  ir::Source source(const std::string& name) const {
    ir::Source source;
    source.kind = catalogue::SourceId::Images;
    source.files = {path(name)};
    source.contents.images = folder(name);
    source.columns = formats::schema_of(*source.contents.images).columns;
    return source;
  }

 private:
  std::string path_;
};

at::Tensor picture(std::int64_t seed, std::int64_t height = 5, std::int64_t width = 4) {
  at::manual_seed(static_cast<std::uint64_t>(seed));
  return at::randint(0, 256, {3, height, width}).to(at::kByte);
}

const data::Column& column(const data::Dataset& data, const char* name) {
  REQUIRE(data.find(name));
  return *data.find(name);
}

}  // namespace

TEST_CASE("images are read as red, green and blue planes, in the order asked for") {
  const Images images;
  for (int i = 0; i < 3; ++i) images.add("set/" + std::to_string(i) + ".png", picture(i));
  const data::ImageRows rows(images.folder("set"), {});
  CHECK(rows.count() == 3);
  CHECK(rows.shape() == std::vector<std::int64_t>{3, 5, 4});
  const at::Tensor read = rows.read({2, 0});
  CHECK(read[0].equal(picture(2)));
  CHECK(read[1].equal(picture(0)));
}

TEST_CASE("images are turned as EXIF says") {
  const Images images;
  images.add("set/a.png", picture(1));
  // The chunk of a PNG: orientation 6 is shown turned by a quarter to the right.
  const std::string tiff("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 26);
  std::string bytes = images.bytes("set/a.png");
  bytes.insert(33, std::string("\0\0\0\x1a", 4) + "eXIf" + tiff + std::string(4, '\0'));
  images.put("set/a.png", bytes);
  const data::ImageRows rows(images.folder("set"), {});
  CHECK(rows.shape() == std::vector<std::int64_t>{3, 4, 5});
  CHECK(rows.read({0})[0].equal(picture(1).transpose(1, 2).flip({2})));
}

TEST_CASE("images are resized until they cover the size, and the middle is taken") {
  const Images images;
  images.add("set/a.png", picture(1, 20, 40));
  images.add("set/b.png", picture(2, 30, 10));
  const data::ImageRows rows(images.folder("set", formats::ImageSize{10, 10}), {});
  const at::Tensor read = rows.read({0, 1});
  CHECK(read[0].equal(kernels::resized(picture(1, 20, 40).unsqueeze(0), 10, 20)[0].narrow(2, 5, 10)));
  CHECK(read[1].equal(picture(2, 30, 10).narrow(1, 10, 10)));
}

TEST_CASE("images that are small together are kept, others are read again") {
  const Images images;
  images.add("set/a.png", picture(1));
  const data::ImageRows kept(images.folder("set"), {}), read(images.folder("set"), {}, /*most_kept=*/10);
  CHECK(kept.read({0})[0].equal(picture(1)));
  CHECK(read.read({0})[0].equal(picture(1)));
  images.add("set/a.png", picture(2));
  CHECK(kept.read({0})[0].equal(picture(1)));
  CHECK(read.read({0})[0].equal(picture(2)));
}

TEST_CASE("images that threads read at once are whole") {
  const Images images;
  for (int i = 0; i < 8; ++i) images.add("set/" + std::to_string(i) + ".png", picture(i, 40, 40));
  const data::ImageRows rows(images.folder("set"), {});
  std::vector<char> good(4, 1);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < good.size(); ++t)
    threads.emplace_back([&, t] {
      for (int round = 0; round < 4; ++round) {
        const at::Tensor read = rows.read({0, 1, 2, 3, 4, 5, 6, 7});
        for (int i = 1; i < 8; ++i) good[t] = good[t] && !read[i].equal(read[0]);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(good == std::vector<char>(4, 1));
  for (int i = 0; i < 8; ++i) CHECK(rows.read({i})[0].equal(picture(i, 40, 40)));
}

TEST_CASE("an image that cannot be decoded is a fault of the data that names the file") {
  const Images images;
  images.add("set/a.png", picture(1, 40, 40));
  std::string bytes = images.bytes("set/a.png");
  bytes.replace(60, 30, std::string(30, '\0'));  // the pixels, not the lengths
  images.put("set/a.png", bytes);
  const data::ImageRows rows(images.folder("set"), {1, 2, 3});
  try {
    (void)rows.read({0});
    FAIL("a damaged image was read");
  } catch (const data::DataFault& fault) {
    CHECK(std::string(fault.what()).find("set/a.png") != std::string::npos);
    CHECK(fault.span() == support::Span{1, 2, 3});
    diagnostics::Sink sink;
    CHECK(data::report_fault(fault, sink) == 1);
    CHECK(sink.found()[0].code == diag::DataUnreadable.row.code);
  }
  images.add("set/a.png", picture(1, 30, 40));  // another one in its place
  CHECK_THROWS_AS(rows.read({0}), data::DataFault);
}

TEST_CASE("the sum of a folder changes with a byte of an image") {
  const Images images;
  images.add("set/a.png", picture(1));
  const auto sum = [&] { return data::ImageRows(images.folder("set"), {}).checksum(1); };
  const std::uint64_t before = sum();
  CHECK(sum() == before);
  images.add("set/a.png", picture(2));
  CHECK(sum() != before);
}

TEST_CASE("labels are numbered by the classes of the training source, or of the checkpoint") {
  const Images images;
  for (const char* name :
       {"train/cat/a.png", "train/dog/b.png", "train/owl/c.png", "valid/owl/d.png", "valid/cat/e.png"})
    images.add(name, picture(1));
  ir::Data recipe;
  recipe.train = images.source("train");
  recipe.valid = images.source("valid");
  diagnostics::Sink sink;
  data::Loader loader(recipe, 1, sink);
  const auto train = loader.load(*recipe.train, "train"), valid = loader.load(*recipe.valid, "valid");
  REQUIRE(train);
  REQUIRE(valid);
  const data::Dataset& seen = *(*valid)[0];
  CHECK(column(*(*train)[0], "label").values.equal(at::arange(3)));
  CHECK(column(seen, "label").values.equal(at::tensor({0, 2}, at::kLong)));
  CHECK(column(seen, "label").categories == std::vector<std::string>{"cat", "dog", "owl"});
  CHECK(column(seen, "file").shown(1) == "owl/d.png");
  CHECK(column(seen, "image").place(1) == images.path("valid/owl/d.png"));

  // What goes into a checkpoint and comes back.
  const std::string stored = data::to_json({data::classes_of(column(seen, "label"))});
  const auto fits = data::fits_from_json(stored);
  REQUIRE(fits);
  REQUIRE((*fits)[0].words.size() == 3);
  CHECK(data::column_of_classes((*fits)[0]) == "label");
  data::Loader later(recipe, 1, sink);
  later.know_classes("label", {"ant", "bee", "cat", "owl"});
  const auto again = later.load(*recipe.valid, "valid");
  REQUIRE(again);
  CHECK(column(*(*again)[0], "label").values.equal(at::tensor({2, 3}, at::kLong)));
  CHECK_FALSE(later.load(*recipe.train, "train"));  // `dog` is none of them
  REQUIRE(sink.found().size() == 1);
  CHECK(sink.found()[0].code == diag::DataUnseenCategory.row.code);
}

TEST_CASE("a contact sheet shows every image in its place") {
  const Images images;
  const at::Tensor grey = at::arange(4).reshape({4, 1, 1}).expand({4, 64, 64}).to(at::kFloat) / 3;
  REQUIRE(data::write_contact_sheet(images.path("sheet.png"), grey) == "");
  images::Pixels pixels;
  REQUIRE(images::codec().decode(images.bytes("sheet.png"), 1, pixels) == "");
  CHECK(pixels.height == 2 * 66 + 2);
  CHECK(pixels.width == 2 * 66 + 2);
  const auto at = [&](std::int64_t y, std::int64_t x) {
    return static_cast<int>(pixels.planes[static_cast<std::size_t>(y * pixels.width + x)]);
  };
  CHECK(at(10, 10) == 0);
  CHECK(at(10, 80) == 85);
  CHECK(at(80, 10) == 170);
  CHECK(at(80, 80) == 255);
}

TEST_CASE("a contact sheet scales what is no colour, enlarges what is small, and says why it cannot be written") {
  const Images images;
  const auto decoded = [&](const at::Tensor& tensor) {
    REQUIRE(data::write_contact_sheet(images.path("sheet.png"), tensor) == "");
    images::Pixels pixels;
    REQUIRE(images::codec().decode(images.bytes("sheet.png"), 1, pixels) == "");
    return pixels;
  };
  const images::Pixels standardised = decoded(at::linspace(-2, 2, 3 * 32 * 32).reshape({1, 3, 32, 32}));
  CHECK(standardised.height == 68);  // twice as large, and the gaps
  CHECK(*std::max_element(standardised.planes.begin(), standardised.planes.end()) == 255);
  CHECK(decoded(at::full({1, 3, 32, 32}, 7, at::kByte)).planes[3 * 68 + 3] == 7);
  CHECK(data::write_contact_sheet(images.path("sheet.png"), at::rand({4, 4})).find("2 dimensions") == 0);
  CHECK(data::write_contact_sheet(images.path("sheet.png"), at::rand({0, 3, 4, 4})) == "there is no image to show");
  CHECK(data::write_contact_sheet(images.path("none/sheet.png"), at::rand({1, 3, 4, 4})) != "");
}
