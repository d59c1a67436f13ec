// Folders of images as rows: classes, order, sizes.
#include "formats/image_folder.h"

#include <doctest/doctest.h>

#include "../../scratch.h"
#include "image_files.h"

using namespace modelc::formats;

namespace {

class Images {
 public:
  Images& add(const std::string& name, std::int64_t width = 4, std::int64_t height = 4) {
    return put(name, image_files::png(width, height));
  }
  Images& put(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories(std::filesystem::path(folder_.path(name)).parent_path());
    folder_.write(name, bytes);
    return *this;
  }
  Result<ImageFolder> read(std::optional<ImageSize> size = std::nullopt) const {
    return read_image_folder(folder_.path("set"), size);
  }
  std::string refusal() const { return read().fault.message; }
  const scratch::Folder& folder() const { return folder_; }

 private:
  scratch::Folder folder_;
};

/// `name:label` of each row.
std::string rows_of(const ImageFolder& images) {
  std::string out;
  for (const ImageFile& file : images.files)
    out += (out.empty() ? "" : " ") + file.name + ":" + std::to_string(file.label);
  return out;
}

TEST_CASE("image folder: the sorted names of folders are the classes") {
  Images images;
  images.add("set/dog/2.png").add("set/cat/b.png").add("set/cat/a.PNG").add("set/Zebra/x.png").add("set/dog/10.png");
  const auto found = images.read();
  REQUIRE(found);
  CHECK(found.value->classes == std::vector<std::string>{"Zebra", "cat", "dog"});
  CHECK(rows_of(*found.value) == "Zebra/x.png:0 cat/a.PNG:1 cat/b.png:1 dog/10.png:2 dog/2.png:2");
  CHECK(found.value->size == ImageSize{4, 4});
}

TEST_CASE("image folder: nested folders belong to their class, hidden and other files to none") {
  Images images;
  images.add("set/cat/one.png").add("set/cat/more/two.png").add("set/cat/.hidden.png").add("set/.cache/three.png");
  images.put("set/cat/notes.txt", "x").put("set/README.md", "x").add("set/beside.png");
  const auto found = images.read();
  REQUIRE(found);
  CHECK(rows_of(*found.value) == "cat/one.png:0 cat/more/two.png:0");
}

TEST_CASE("image folder: without folders there are no classes") {
  Images images;
  images.add("set/b.png").add("set/a.png");
  const auto found = images.read();
  REQUIRE(found);
  CHECK(found.value->classes.empty());
  CHECK(rows_of(*found.value) == "a.png:0 b.png:0");
  const Schema schema = schema_of(*found.value);
  REQUIRE(schema.columns.size() == 2);
  CHECK(schema.columns[0].name == "image");
  CHECK(schema.columns[1].name == "file");
}

TEST_CASE("image folder: columns with their types") {
  Images images;
  images.add("set/cat/a.png", 6, 5).add("set/dog/a.png", 6, 5);
  const auto found = images.read();
  REQUIRE(found);
  const Schema schema = schema_of(*found.value);
  REQUIRE(schema.columns.size() == 3);
  CHECK(schema.rows == 2);
  CHECK(schema.columns[0].shape == std::vector<std::int64_t>{3, 5, 6});
  CHECK(schema.columns[0].dtype == modelc::types::DType::UInt8);
  CHECK(schema.columns[1].name == "label");
  CHECK(schema.columns[1].categories == std::vector<std::string>{"cat", "dog"});
  CHECK(schema.columns[2].dtype == modelc::types::DType::String);
}

TEST_CASE("image folder: several sizes need one that is stated") {
  Images images;
  images.add("set/cat/a.png", 6, 5).add("set/cat/b.png", 5, 6);
  CHECK(images.refusal().find("6 rows of 5 pixels") != std::string::npos);
  CHECK(images.refusal().find("cat/a.png has 5 of 6") != std::string::npos);
  CHECK(images.read().fault.file.ends_with("cat/b.png"));
  const auto sized = images.read(ImageSize{32, 16});
  REQUIRE(sized);
  CHECK(sized.value->size == ImageSize{32, 16});
}

TEST_CASE("image folder: what cannot be used is named") {
  Images images;
  CHECK(images.read().fault.not_found);
  images.put("set/readme.txt", "x");
  CHECK(images.refusal().find("has no images") != std::string::npos);
  images.add("set/cat/a.png").put("set/dog/readme.txt", "x");
  CHECK(images.refusal().find("a class without images") != std::string::npos);
  CHECK(images.read().fault.file.ends_with("/dog"));
  images.put("set/dog/broken.png", image_files::png(4, 4).substr(0, 40));
  CHECK(images.read().fault.file.ends_with("dog/broken.png"));
  CHECK(images.refusal().find("cut off") != std::string::npos);
  // A stated size does not hide it.
  CHECK_FALSE(images.read(ImageSize{4, 4}));
  CHECK(read_image_folder(images.folder().path("set/cat/a.png"), std::nullopt).fault.message.find("is a file") !=
        std::string::npos);
}

TEST_CASE("image folder: a link to a folder above ends") {
  Images images;
  images.add("set/cat/a.png");
  std::filesystem::create_directory_symlink(images.folder().path("set/cat"), images.folder().path("set/cat/again"));
  CHECK(images.refusal().find("folders within each other") != std::string::npos);
}

}  // namespace
