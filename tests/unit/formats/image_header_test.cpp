// Sizes of image files by their headers, and what is wrong with those that cannot be used.
#include "formats/image_header.h"

#include <doctest/doctest.h>

#include "../../scratch.h"
#include "image_files.h"

using namespace modelc::formats;
using namespace image_files;

namespace {

Result<ImageHeader> read(const std::string& bytes) {
  const scratch::Folder folder;
  return read_image_header(folder.write("image", bytes));
}

/// `height x width @ orientation`, or the fault.
std::string seen(const std::string& bytes) {
  const Result<ImageHeader> header = read(bytes);
  if (!header) return header.fault.message;
  return std::to_string(header.value->height) + "x" + std::to_string(header.value->width) + " @ " +
         std::to_string(header.value->orientation);
}

bool refuses(const std::string& bytes, const std::string& why) {
  const std::string said = seen(bytes);
  INFO(said);
  return said.find(why) != std::string::npos;
}

TEST_CASE("image header: the sizes of each kind of file") {
  CHECK(seen(png(30, 20)) == "20x30 @ 1");
  CHECK(seen(jpeg(30, 20)) == "20x30 @ 1");
  CHECK(seen(bmp(5, 7)) == "7x5 @ 1");
  CHECK(seen(bmp(5, -7)) == "7x5 @ 1");  // rows from the top
  CHECK(seen(tiff(entry(256, 4, 30) + entry(257, 3, 20), 2)) == "20x30 @ 1");
  CHECK(seen(tiff(entry(256, 3, 30, true) + entry(257, 3, 20, true), 2, true)) == "20x30 @ 1");
  CHECK(seen(webp(webp_chunk("VP8 ", std::string("\0\0\0\x9d\x01\x2a", 6) + little(30, 2) + little(20, 2)))) ==
        "20x30 @ 1");
  CHECK(seen(webp(webp_chunk("VP8L", "\x2f" + little(29 | 19 << 14, 4) + "…"))) == "20x30 @ 1");
  CHECK(seen(webp(webp_chunk("VP8X", little(0, 4) + little(29, 3) + little(19, 3)))) == "20x30 @ 1");
}

TEST_CASE("image header: sizes are those of the image as EXIF turns it") {
  CHECK(seen(jpeg(30, 20, exif(3))) == "20x30 @ 3");
  CHECK(seen(jpeg(30, 20, exif(6))) == "30x20 @ 6");
  CHECK(seen(jpeg(30, 20, exif(8, true))) == "30x20 @ 8");
  CHECK(seen(png(30, 20, chunk("eXIf", exif(6)))) == "30x20 @ 6");
  const std::string extended = webp_chunk("VP8X", little(8, 4) + little(29, 3) + little(19, 3));
  CHECK(seen(webp(extended + webp_chunk("EXIF", exif(5)))) == "30x20 @ 5");
  // Decoders turn a TIFF themselves.
  CHECK(seen(tiff(entry(256, 3, 30) + entry(257, 3, 20) + entry(274, 3, 8), 3)) == "30x20 @ 1");
  // A number that is no orientation, and EXIF that ends too soon, turn nothing.
  CHECK(seen(jpeg(30, 20, exif(9))) == "20x30 @ 1");
  CHECK(seen(jpeg(30, 20, exif(6).substr(0, 12))) == "20x30 @ 1");
  CHECK(seen(jpeg(30, 20, "no directory")) == "20x30 @ 1");
}

TEST_CASE("image header: a file that is cut off is told from its lengths") {
  for (const std::string& whole :
       {png(30, 20), jpeg(30, 20), bmp(5, 7), webp(webp_chunk("VP8L", "\x2f" + little(29, 4) + "12345678"))}) {
    CHECK(read(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(read(whole.substr(0, size)));
  }
  const std::string strips = entry(256, 3, 30) + entry(257, 3, 20) + entry(273, 4, 8) + entry(279, 4, 1000);
  CHECK(refuses(tiff(strips, 4), "cut off"));
  CHECK(refuses(tiff(strips, 4000), "cut off"));
}

TEST_CASE("image header: what a camera appends to a JPEG does no harm") {
  CHECK(seen(jpeg(30, 20) + std::string(70000, 'x')) == "20x30 @ 1");
  CHECK(refuses(jpeg(30, 20).substr(0, jpeg(30, 20).size() - 2) + std::string(70000, 'x'), "without its end marker"));
}

TEST_CASE("image header: what is no image that can be used") {
  CHECK(refuses("", "0 bytes, expected an image"));
  CHECK(refuses("<html><body>404 not found", "expected JPEG, PNG, WebP, BMP or TIFF"));
  CHECK(refuses(png(0, 20), "0 times 20 pixels"));
  CHECK(refuses(png(1 << 20, 1 << 20), "at most"));
  CHECK(refuses(webp(webp_chunk("VP8X", little(2, 4) + little(29, 3) + little(19, 3))), "animation"));
  CHECK(refuses(webp(webp_chunk("ICCP", "12345678")), "no image"));
  CHECK(refuses(tiff(entry(256, 3, 30) + entry(257, 3, 20) + entry(258, 3, 32) + entry(339, 3, 3), 4),
                "32 bits a channel of floating-point numbers"));
  CHECK(refuses(std::string("\xff\xd8\xff\xd9") + std::string(20, '\0'), "ends before its pixels"));
  CHECK(refuses(std::string("\xff\xd8\xff\xc0\0\0", 6) + std::string(20, '\0'), "a segment of 0 bytes"));
  CHECK(read_image_header("/nowhere/image.png").fault.not_found);
}

TEST_CASE("image header: endings of files") {
  CHECK(names_image("a.jpg"));
  CHECK(names_image("A.JPEG"));
  CHECK(names_image("a.b.tiff"));
  CHECK_FALSE(names_image(".png"));
  CHECK_FALSE(names_image("png"));
  CHECK_FALSE(names_image("a.txt"));
}

}  // namespace
