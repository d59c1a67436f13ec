#include "formats/zip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <set>

#include "formats/file_bytes.h"

namespace modelc::formats {
namespace {

constexpr std::uint64_t kMostMembers = 1'000'000;

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void put(std::string& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

struct Directory {
  std::uint64_t count = 0, size = 0, offset = 0;
};

// From the end record, and where it says so from the zip64 record before it.
Result<Directory> find_directory(const OpenFile& file) {
  const std::string& path = file.path;
  const std::uint64_t file_size = file.size;
  const std::uint64_t tail_at = file_size > 65557 ? file_size - 65557 : 0;
  Result<std::string> tail = read_range(file, tail_at, 65557);
  if (!tail) return {{}, std::move(tail.fault)};
  const std::string& bytes = *tail.value;
  std::size_t end = bytes.rfind("PK\x05\x06");
  if (end == std::string::npos || end + 22 > bytes.size())
    return {{}, file_fault(path, "no end record of a zip archive: the file is cut off or is none")};
  Directory directory{little(bytes, end + 10, 2), little(bytes, end + 12, 4), little(bytes, end + 16, 4)};
  if ((directory.count == 0xFFFF || directory.size == 0xFFFFFFFF || directory.offset == 0xFFFFFFFF) && end >= 20 &&
      bytes.compare(end - 20, 4, "PK\x06\x07") == 0) {
    Result<std::string> record = read_range(file, little(bytes, end - 12, 8), 56);
    if (!record) return {{}, std::move(record.fault)};
    if (record.value->size() < 56 || record.value->compare(0, 4, "PK\x06\x06") != 0)
      return {{}, file_fault(path, "a broken zip64 end record")};
    directory = {little(*record.value, 32, 8), little(*record.value, 40, 8), little(*record.value, 48, 8)};
  }
  if (directory.offset > file_size || directory.size > file_size - directory.offset || directory.count > kMostMembers)
    return {{}, file_fault(path, "the zip directory lies outside the file")};
  return {directory, {}};
}

}  // namespace

Result<std::vector<ZipMember>> zip_directory(const OpenFile& file) {
  const std::string& path = file.path;
  const std::uint64_t file_size = file.size;
  Result<Directory> directory = find_directory(file);
  if (!directory) return {{}, std::move(directory.fault)};
  Result<std::string> listing = read_range(file, directory.value->offset, directory.value->size);
  if (!listing) return {{}, std::move(listing.fault)};
  const std::string& bytes = *listing.value;
  const auto refuse = [&](std::string why) {
    return Result<std::vector<ZipMember>>{{}, file_fault(path, std::move(why))};
  };
  std::vector<ZipMember> members;
  std::set<std::string> names;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < directory.value->count; ++i) {
    if (at + 46 > bytes.size() || bytes.compare(at, 4, "PK\x01\x02") != 0)
      return refuse(fmt::format("entry {} of the zip directory is broken", i));
    const std::size_t name_size = little(bytes, at + 28, 2), extra = little(bytes, at + 30, 2),
                      comment = little(bytes, at + 32, 2);
    if (at + 46 + name_size + extra + comment > bytes.size())
      return refuse(fmt::format("entry {} of the zip directory is cut off", i));
    ZipMember member;
    member.name = bytes.substr(at + 46, name_size);
    const std::uint64_t flags = little(bytes, at + 8, 2), method = little(bytes, at + 10, 2);
    member.crc = static_cast<std::uint32_t>(little(bytes, at + 16, 4));
    member.packed = little(bytes, at + 20, 4);
    member.size = little(bytes, at + 24, 4);
    std::uint64_t local = little(bytes, at + 42, 4);
    // zip64 values stand in the extra field, in this order, for those that read as all ones.
    for (std::size_t e = at + 46 + name_size, stop = e + extra; e + 4 <= stop;) {
      const std::size_t tag = little(bytes, e, 2), size = little(bytes, e + 2, 2);
      std::size_t field = e + 4;
      e += 4 + size;
      if (tag != 1 || e > stop) continue;
      for (std::uint64_t* value : {&member.size, &member.packed, &local})
        if (*value == 0xFFFFFFFF && field + 8 <= e) *value = little(bytes, field, 8), field += 8;
    }
    at += 46 + name_size + extra + comment;
    if (!names.insert(member.name).second) return refuse(fmt::format("`{}` stands twice in the archive", member.name));
    if (flags & 1) return refuse(fmt::format("`{}` is encrypted", member.name));
    if (method != 0 && method != 8)
      return refuse(fmt::format("`{}` is packed by method {}, expected stored or deflate", member.name, method));
    member.deflated = method == 8;
    if (!member.deflated && member.packed != member.size)
      return refuse(fmt::format("`{}` is stored, but its two sizes differ", member.name));
    Result<std::string> head = read_range(file, local, 30);
    if (!head) return {{}, std::move(head.fault)};
    if (head.value->size() < 30 || head.value->compare(0, 4, "PK\x03\x04") != 0)
      return refuse(fmt::format("`{}` has no local header at byte {}", member.name, local));
    member.data = local + 30 + little(*head.value, 26, 2) + little(*head.value, 28, 2);
    if (member.data > file_size || member.packed > file_size - member.data)
      return refuse(fmt::format("`{}` ends beyond the end of the file: it is cut off", member.name));
    members.push_back(std::move(member));
  }
  // Members that share bytes make a small file hold a large archive.
  std::vector<const ZipMember*> ordered;
  for (const ZipMember& member : members)
    if (member.packed > 0) ordered.push_back(&member);
  std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) { return a->data < b->data; });
  for (std::size_t i = 1; i < ordered.size(); ++i)
    if (ordered[i - 1]->data + ordered[i - 1]->packed > ordered[i]->data)
      return refuse(
          fmt::format("byte {}: `{}` overlaps `{}`", ordered[i]->data, ordered[i]->name, ordered[i - 1]->name));
  return {std::move(members), {}};
}

std::string impossible_size(const ZipMember& member) {
  // Deflate gains at most a factor of 1032: a larger promise is a lie, and nothing is allocated for it.
  if (!member.deflated || member.size / 1033 <= member.packed) return {};
  return fmt::format("`{}` says it inflates from {} to {} bytes, which deflate cannot", member.name, member.packed,
                     member.size);
}

Result<std::string> zip_read(const OpenFile& file, const ZipMember& member, std::size_t limit) {
  const std::string& path = file.path;
  if (member.size > kMostBytes) return {{}, file_fault(path, fmt::format("`{}` is larger than 4 GiB", member.name))};
  if (std::string why = impossible_size(member); !why.empty()) return {{}, file_fault(path, std::move(why))};
  const bool whole = member.deflated || limit >= member.size;
  Result<std::string> bytes = read_range(file, member.data, whole ? member.packed : limit);
  if (!bytes) return bytes;
  if (member.deflated) {
    std::optional<std::string> inflated = inflate_raw(*bytes.value, member.size);
    if (!inflated) return {{}, file_fault(path, fmt::format("the deflate data of `{}` are damaged", member.name))};
    bytes.value = std::move(inflated);
  }
  if (whole) {
    uLong crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.value->data()), bytes.value->size());
    if (crc != member.crc)
      return {{}, file_fault(path, fmt::format("the checksum of `{}` is wrong: the file is damaged", member.name))};
  }
  if (bytes.value->size() > limit) bytes.value->resize(limit);
  return bytes;
}

ZipFrame frame_zip(const std::vector<StoredMember>& members) {
  ZipFrame frame;
  std::string& directory = frame.directory;
  std::uint64_t local = 0;  // where the member's head begins
  for (const StoredMember& member : members) {
    const auto& [name, bytes] = member;
    std::string out;
    const auto crc =
        static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
    const bool large = bytes.size() >= 0xFFFFFFFF || local >= 0xFFFFFFFF;
    const std::uint64_t shown = large ? 0xFFFFFFFF : bytes.size();
    const std::size_t fixed = large ? 20 : 0;
    const std::size_t padding = (64 - (local + 30 + name.size() + fixed + 4) % 64) % 64;
    const auto common = [&](std::string& to) {
      put(to, large ? 45 : 20, 2);  // version needed
      put(to, 0x800, 2);            // names are UTF-8
      put(to, 0, 2);                // stored
      put(to, 0, 2);                // no time
      put(to, 0x21, 2);             // 1980-01-01
      put(to, crc, 4);
      put(to, shown, 4);
      put(to, shown, 4);
      put(to, member.name.size(), 2);
    };
    out += "PK\x03\x04";
    common(out);
    put(out, fixed + 4 + padding, 2);
    out += name;
    if (large) put(out, 1, 2), put(out, 16, 2), put(out, bytes.size(), 8), put(out, bytes.size(), 8);
    put(out, 0x4B4D, 2);  // a private field that only pads
    put(out, padding, 2);
    out.append(padding, '\0');
    directory += "PK\x01\x02";
    put(directory, large ? 45 : 20, 2);
    common(directory);
    put(directory, large ? 28 : 0, 2);
    put(directory, 0, 2);
    put(directory, 0, 2);
    put(directory, 0, 2);
    put(directory, 0, 4);
    put(directory, large ? 0xFFFFFFFF : local, 4);
    directory += name;
    if (large)
      put(directory, 1, 2), put(directory, 24, 2), put(directory, bytes.size(), 8), put(directory, bytes.size(), 8),
          put(directory, local, 8);
    local += out.size() + bytes.size();
    frame.heads.push_back(std::move(out));
  }
  const std::uint64_t start = local, size = directory.size();
  const bool large = start >= 0xFFFFFFFF || members.size() >= 0xFFFF;
  if (large) {
    const std::uint64_t record = start + size;
    directory += "PK\x06\x06";
    put(directory, 44, 8), put(directory, 45, 2), put(directory, 45, 2), put(directory, 0, 4), put(directory, 0, 4);
    put(directory, members.size(), 8), put(directory, members.size(), 8), put(directory, size, 8);
    put(directory, start, 8);
    directory += "PK\x06\x07";
    put(directory, 0, 4), put(directory, record, 8), put(directory, 1, 4);
  }
  directory += "PK\x05\x06";
  put(directory, 0, 2), put(directory, 0, 2);
  put(directory, large ? 0xFFFF : members.size(), 2), put(directory, large ? 0xFFFF : members.size(), 2);
  put(directory, large ? 0xFFFFFFFF : size, 4), put(directory, large ? 0xFFFFFFFF : start, 4);
  put(directory, 0, 2);
  return frame;
}

std::vector<std::string_view> zip_pieces(const ZipFrame& frame, const std::vector<StoredMember>& members) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < members.size(); ++i) {
    pieces.emplace_back(frame.heads[i]);
    pieces.push_back(members[i].bytes);
  }
  pieces.emplace_back(frame.directory);
  return pieces;
}

std::string make_zip(const std::vector<std::pair<std::string, std::string>>& members) {
  std::vector<StoredMember> stored;
  for (const auto& [name, bytes] : members) stored.push_back({name, bytes});
  const ZipFrame frame = frame_zip(stored);
  std::string out;
  for (const std::string_view piece : zip_pieces(frame, stored)) out += piece;
  return out;
}

}  // namespace modelc::formats
