#include "train/events.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include "support/text_file.h"
#include "support/whole_file.h"
#include "train/event.pb.h"

namespace modelc::train {
namespace {

using tensorboard::Event;

constexpr std::size_t kMost = 1u << 30;
constexpr std::size_t kHead = sizeof(std::uint64_t) + sizeof(std::uint32_t), kTail = sizeof(std::uint32_t);

constexpr std::array<std::uint32_t, 256> crc_table() {
  constexpr std::uint32_t kPolynomial = 0x82F63B78;  // Castagnoli's, its bits reversed
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? kPolynomial : 0);
    table[byte] = crc;
  }
  return table;
}

/// A checksum of bytes that hold their own checksum is weak; TFRecord therefore changes it.
std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u; }

template <class Number>
std::string little_endian(Number number) {
  std::string out(sizeof number, '\0');
  for (char& c : out) {
    c = static_cast<char>(number & 0xFF);
    number = static_cast<Number>(number >> 8);
  }
  return out;
}

template <class Number>
Number number_at(std::string_view bytes) {
  Number out = 0;
  for (std::size_t i = sizeof out; i-- > 0;)
    out = static_cast<Number>((out << 8) | static_cast<unsigned char>(bytes[i]));
  return out;
}

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::string version_record(double time) {
  Event event;
  event.set_wall_time(time);
  event.set_file_version("brain.Event:2");
  return framed(event.SerializeAsString());
}

std::string record_of(const std::vector<std::string>& columns, const runs::Figures::Row& row, double time) {
  Event event;
  event.set_wall_time(time);
  event.set_step(static_cast<std::int64_t>(row.step));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (std::isnan(row.values[i])) continue;
    tensorboard::Summary::Value& value = *event.mutable_summary()->add_value();
    value.set_tag(columns[i]);
    value.set_simple_value(static_cast<float>(row.values[i]));
  }
  return framed(event.SerializeAsString());
}

/// The times of the records that a file holds.
std::vector<double> times_of(const std::string& path) {
  std::string bytes;
  std::vector<double> out;
  if (::access(path.c_str(), R_OK) != 0 || !support::read_text(path, kMost, bytes).empty()) return out;
  for (const std::string& record : records_of(bytes)) {
    Event event;
    if (!event.ParseFromString(record)) break;
    out.push_back(event.wall_time());
  }
  return out;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

std::string framed(std::string_view bytes) {
  const std::string length = little_endian<std::uint64_t>(bytes.size());
  return length + little_endian(masked(crc32c(length))) + std::string(bytes) + little_endian(masked(crc32c(bytes)));
}

std::vector<std::string> records_of(std::string_view file) {
  std::vector<std::string> out;
  while (file.size() >= kHead + kTail) {
    const std::string_view length = file.substr(0, sizeof(std::uint64_t));
    const auto size = number_at<std::uint64_t>(length);
    if (number_at<std::uint32_t>(file.substr(length.size())) != masked(crc32c(length))) break;
    if (size > file.size() - kHead - kTail) break;
    const std::string_view bytes = file.substr(kHead, size);
    if (number_at<std::uint32_t>(file.substr(kHead + size)) != masked(crc32c(bytes))) break;
    out.emplace_back(bytes);
    file.remove_prefix(kHead + size + kTail);
  }
  return out;
}

std::string EventsFile::begin(const std::string& path, const runs::Figures& figures) {
  const std::vector<double> before = times_of(path);
  const double time = now();
  const auto time_of = [&](std::size_t record) { return record < before.size() ? before[record] : time; };
  std::string bytes = version_record(time_of(0));
  for (std::size_t i = 0; i < figures.rows.size(); ++i)
    bytes += record_of(figures.columns, figures.rows[i], time_of(i + 1));
  if (std::string why = support::write_atomically(path, {bytes}); !why.empty()) return why;
  file_ = support::Descriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  size_ = bytes.size();
  return file_ ? "" : std::strerror(errno);
}

// A record that could not be written in full is taken away again.
std::string EventsFile::add(const std::vector<std::string>& columns, const runs::Figures::Row& row) {
  const std::string record = record_of(columns, row, now());
  if (file_.write(record)) {
    size_ += record.size();
    return "";
  }
  const int fault = errno;
  (void)!::ftruncate(file_.get(), static_cast<off_t>(size_));
  return std::strerror(fault);
}

}  // namespace modelc::train
