#include "data/images.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "formats/file_bytes.h"
#include "images/load.h"
#include "kernels/images.h"
#include "support/checksum.h"
#include "support/dotted_path.h"

namespace modelc::data {

using support::joined_path;

std::string ImageRows::bytes_of(std::size_t row) const {
  const formats::Result<formats::OpenFile> file = formats::open_file(folder_->path(row));
  if (!file) throw DataFault(span_, file.fault.str());
  formats::Result<std::string> bytes = formats::read_range(*file.value, 0, file.value->size);
  if (!bytes) throw DataFault(span_, bytes.fault.str());
  return std::move(*bytes.value);
}

const images::Codec& ImageRows::codec() const {
  try {
    return images::codec();
  } catch (const std::runtime_error& fault) {
    throw exec::RuntimeFault(span_, fault.what());
  }
}

ImageRows::ImageRows(std::shared_ptr<const formats::ImageFolder> folder, support::Span span, std::int64_t most_kept)
    : folder_(std::move(folder)), span_(span) {
  const std::int64_t bytes = count() * 3 * folder_->size[0] * folder_->size[1];
  if (bytes > most_kept) return;
  kept_ = at::empty({count(), 3, folder_->size[0], folder_->size[1]}, at::kByte);
  states_ = std::vector<std::atomic<char>>(folder_->files.size());
}

void ImageRows::decode(std::size_t row, const at::Tensor& out) const {
  const formats::ImageHeader& header = folder_->files[row].header;
  images::Pixels pixels;
  const std::string why = codec().decode(bytes_of(row), header.orientation, pixels);
  if (!why.empty()) throw DataFault(span_, fmt::format("{}: {}", folder_->path(row), why));
  if (pixels.height != header.height || pixels.width != header.width)
    throw DataFault(span_, fmt::format("{}: {} rows of {} pixels, its header says {} of {}", folder_->path(row),
                                       pixels.height, pixels.width, header.height, header.width));
  const at::Tensor image = at::from_blob(pixels.planes.data(), {1, 3, pixels.height, pixels.width}, at::kByte);
  out.copy_(kernels::covering(image, folder_->size[0], folder_->size[1])[0]);
}

at::Tensor ImageRows::read(const std::vector<std::int64_t>& rows) const {
  at::Tensor out =
      at::empty({static_cast<std::int64_t>(rows.size()), 3, folder_->size[0], folder_->size[1]}, at::kByte);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    const at::Tensor here = out[static_cast<std::int64_t>(i)];
    if (states_.empty()) {
      decode(row, here);
      continue;
    }
    const at::Tensor kept = kept_[rows[i]];
    char state = states_[row].load(std::memory_order_acquire);
    if (state != Ready) decode(row, here);
    if (state == Absent && states_[row].compare_exchange_strong(state, Written)) {
      kept.copy_(here);
      states_[row].store(Ready, std::memory_order_release);
    } else if (state == Ready) {
      here.copy_(kept);
    }
  }
  return out;
}

std::uint64_t ImageRows::checksum(std::uint64_t sum) const {
  std::uint64_t total = 0;
  std::vector<std::uint64_t> lengths;
  for (std::size_t row = 0; row < folder_->files.size(); ++row) {
    const formats::Result<formats::OpenFile> file = formats::open_file(folder_->path(row));
    if (!file) throw DataFault(span_, file.fault.str());
    lengths.push_back(file.value->size);
    total += file.value->size;
  }
  for (std::size_t row = 0; row < folder_->files.size(); ++row) {
    sum = support::checksum(folder_->files[row].name, sum ^ lengths[row]);
    if (total <= static_cast<std::uint64_t>(kMostRead)) sum = support::checksum(bytes_of(row), sum);
  }
  return sum;
}

std::optional<Dataset> Loader::load_images(const ir::Source& source, const std::string& prefix) {
  if (!source.contents.images) {
    sink_.report(source.span, diag::DataFileNotThere, source.files.empty() ? "images" : source.files[0]);
    return std::nullopt;
  }
  const formats::ImageFolder& folder = *source.contents.images;
  Dataset data;
  data.rows = static_cast<std::int64_t>(folder.files.size());
  auto places = std::make_shared<std::vector<std::string>>();
  for (std::size_t row = 0; row < folder.files.size(); ++row) places->push_back(folder.path(row));
  const auto add = [&](const char* name) -> Column& {
    Column column;
    column.name = name;
    column.file = folder.folder;
    column.places = places;
    data.columns.push_back(std::move(column));
    return data.columns.back();
  };
  add("image").stored = std::make_shared<const ImageRows>(source.contents.images, source.span);
  if (!folder.classes.empty()) {
    Column& labels = add("label");
    if (!number_labels(source, prefix, labels)) {
      if (!predicting_) return std::nullopt;
      data.columns.pop_back();  // folders that are no classes
    }
  }
  Column& file = add("file");
  file.text = dictionary(joined_path(prefix, "file"));
  file.values = at::empty({data.rows}, at::kLong);
  for (std::size_t row = 0; row < folder.files.size(); ++row)
    file.values.data_ptr<std::int64_t>()[row] = file.text->code(folder.files[row].name);
  return data;
}

// The numbers of classes are those of the training source, or of the checkpoint. False where one is none of them, which
// is reported unless the rows are only predicted on.
bool Loader::number_labels(const ir::Source& source, const std::string& prefix, Column& labels) {
  const formats::ImageFolder& folder = *source.contents.images;
  const std::string full_name = joined_path(prefix, labels.name);
  const auto stored = classes_.find(full_name);
  const formats::ColumnType* trained = trained_type(source, labels.name, full_name);
  labels.categories = stored != classes_.end() ? stored->second : trained ? trained->categories : folder.classes;
  std::vector<std::int64_t> number_of;
  for (const std::string& name : folder.classes) {
    const auto at = std::find(labels.categories.begin(), labels.categories.end(), name);
    if (at == labels.categories.end()) {
      if (!predicting_) sink_.report(source.span, diag::DataUnseenCategory, folder.folder, name);
      return false;
    }
    number_of.push_back(at - labels.categories.begin());
  }
  labels.values = at::empty({static_cast<std::int64_t>(folder.files.size())}, at::kLong);
  for (std::size_t row = 0; row < folder.files.size(); ++row)
    labels.values.data_ptr<std::int64_t>()[row] = number_of[static_cast<std::size_t>(folder.files[row].label)];
  return true;
}

}  // namespace modelc::data
