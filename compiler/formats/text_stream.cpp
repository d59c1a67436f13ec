#include "formats/text_stream.h"

#include <fmt/format.h>
#include <iconv.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

namespace modelc::formats {
namespace {

constexpr std::size_t kPiece = 1 << 18;

/// Python's spellings of encodings that iconv spells otherwise. Empty: UTF-8, which is not decoded.
std::string iconv_name(const std::string& name) {
  std::string plain;
  for (const char c : name)
    if (c != '-' && c != '_' && c != ' ') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (plain == "utf8" || plain == "utf8sig") return "";
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kOthers = {{
      {"latin1", "ISO-8859-1"},
      {"iso88591", "ISO-8859-1"},
      {"windows1252", "CP1252"},
      {"ansi", "CP1252"},
      {"utf16", "UTF-16"},
  }};
  for (const auto& [word, meaning] : kOthers)
    if (plain == word) return std::string(meaning);
  return name;
}

/// The bytes of a file in order, inflated where they are gzip.
class Bytes {
 public:
  explicit Bytes(OpenFile file) : file_(std::move(file)) {}
  ~Bytes() {
    if (gzip_) inflateEnd(&stream_);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  std::optional<Fault> fault;
  bool ended = false;

  /// Appends a piece; nothing at the end.
  void read(std::string& into) {
    if (first_) begin();
    if (fault || ended) return;
    if (gzip_) return inflate_piece(into);
    ended = packed_.empty();
    into += packed_;
    if (!ended) refill();
  }

 private:
  void refill() {
    Result<std::string> piece = read_range(file_, at_, kPiece);
    if (!piece) fault = std::move(piece.fault), packed_.clear();
    else packed_ = std::move(*piece.value);
    at_ += packed_.size();
  }

  void begin() {
    first_ = false;
    refill();
    if (!packed_.starts_with("\x1f\x8b")) return;
    gzip_ = inflateInit2(&stream_, 15 + 16) == Z_OK;
    if (!gzip_) fault = file_fault(file_.path, "zlib cannot start");
    feed();
  }

  void feed() {
    stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());
    stream_.avail_in = static_cast<uInt>(packed_.size());
  }

  /// Two bytes at the end of one member tell whether another follows: files of gzip may be concatenated, and what else
  /// stands there is padding.
  bool another_follows() {
    std::string rest(reinterpret_cast<const char*>(stream_.next_in), stream_.avail_in);
    while (rest.size() < 2) {
      refill();
      if (packed_.empty()) break;
      rest += packed_;
    }
    packed_ = std::move(rest);
    feed();
    return packed_.starts_with("\x1f\x8b");
  }

  void inflate_piece(std::string& into) {
    const std::size_t before = into.size();
    into.resize(before + kPiece);
    stream_.next_out = reinterpret_cast<Bytef*>(into.data() + before);
    stream_.avail_out = static_cast<uInt>(kPiece);
    while (!fault && !ended && stream_.avail_out > 0) {
      if (stream_.avail_in == 0) {
        refill();
        feed();
        if (fault) break;
        if (packed_.empty()) {
          fault = file_fault(file_.path, "the gzip data end too early: the file is cut off");
          break;
        }
      }
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code == Z_STREAM_END) {
        if (another_follows()) inflateReset(&stream_);
        else ended = true;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        fault =
            file_fault(file_.path, std::string("damaged gzip data: ") + (stream_.msg ? stream_.msg : "unknown fault"));
      }
    }
    into.resize(into.size() - stream_.avail_out);
  }

  OpenFile file_;
  std::uint64_t at_ = 0;
  std::string packed_;
  bool first_ = true, gzip_ = false;
  z_stream stream_{};
};

/// Text of another encoding as UTF-8.
class Decoder {
 public:
  explicit Decoder(const std::string& name) : name_(name) {
    const std::string known = iconv_name(name);
    if (!known.empty()) handle_ = iconv_open("UTF-8", known.c_str());
  }
  ~Decoder() {
    if (works()) iconv_close(handle_);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  bool works() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  bool needed() const { return !iconv_name(name_).empty(); }

  /// Decodes what it can of `from`, whose rest waits for the next piece. What is wrong with it, or empty.
  std::string decode(std::string& from, bool last, std::string& into) {
    char* in = from.data();
    std::size_t left = from.size();
    std::string wrong;
    std::array<char, 1 << 14> out;
    while (left > 0 && wrong.empty()) {
      char* to = out.data();
      std::size_t room = out.size();
      const std::size_t code = iconv(handle_, &in, &left, &to, &room);
      const int reason = errno;
      into.append(out.data(), out.size() - room);
      if (code != static_cast<std::size_t>(-1)) break;
      if (reason == E2BIG) continue;
      if (reason == EINVAL && !last) break;
      wrong = reason == EINVAL ? fmt::format("ends within a character of {}", name_)
                               : fmt::format("holds a byte that is no {}: {:#04x}", name_,
                                             static_cast<unsigned>(static_cast<unsigned char>(*in)));
    }
    from.erase(0, from.size() - left);
    return wrong;
  }

 private:
  std::string name_;
  iconv_t handle_ = reinterpret_cast<iconv_t>(-1);
};

}  // namespace

bool knows_encoding(const std::string& name) {
  const Decoder decoder(name);
  return !decoder.needed() || decoder.works();
}

struct TextStream::State {
  State(OpenFile file, const std::string& encoding, std::size_t most)
      : bytes(std::move(file)), decoder(encoding), limit(most) {}
  Bytes bytes;
  Decoder decoder;
  std::size_t limit, made = 0;
  std::string waiting;  // bytes not decoded yet
  std::string undecodable;
  bool ended = false, whole = false;
};

TextStream::TextStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
TextStream::TextStream(TextStream&&) noexcept = default;
TextStream::~TextStream() = default;

Result<TextStream> TextStream::open(const std::string& path, const std::string& encoding, std::size_t limit) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  auto state = std::make_unique<State>(std::move(*file.value), encoding, limit);
  if (state->decoder.needed() && !state->decoder.works())
    return {{}, file_fault(path, fmt::format("`{}` is no encoding that is known here", encoding))};
  return {TextStream(std::move(state)), {}};
}

bool TextStream::read(std::string& into) {
  State& s = *state_;
  const std::size_t before = into.size();
  while (!s.ended && into.size() == before) {
    std::string& raw = s.decoder.needed() ? s.waiting : into;
    s.bytes.read(raw);
    const bool last = s.bytes.ended || s.bytes.fault;
    if (s.decoder.needed()) s.undecodable = s.decoder.decode(s.waiting, last, into);
    s.ended = last || !s.undecodable.empty();
    s.whole = s.ended;
    // One byte more than the limit tells a file of exactly that size from a longer one.
    if (into.size() - before > s.limit - s.made) {
      into.resize(before + (s.limit - s.made));
      s.ended = true;
      s.whole = false;
    }
  }
  s.made += into.size() - before;
  return into.size() != before;
}

bool TextStream::whole() const { return state_->whole; }
const std::optional<Fault>& TextStream::fault() const { return state_->bytes.fault; }
const std::string& TextStream::undecodable() const { return state_->undecodable; }

}  // namespace modelc::formats
