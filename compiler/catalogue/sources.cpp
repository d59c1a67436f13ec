// Sources of data (`data.train`, `data.valid`, `data.test`), what combines them, and how columns of `synthetic` are
// drawn.
#include "catalogue/entry.h"

namespace modelc::catalogue {

namespace {

Declare source(SourceId id, std::string name) { return Declare(Kind::Source, id, std::move(name)); }

constexpr const char* kShuffle = "shuffle: bool = true";

}  // namespace

std::vector<Entry> sources() {
  using Id = SourceId;
  return {
      source(Id::Synthetic, "synthetic")
          .summary("Columns that are drawn or computed; an input or target not named is drawn by its type.")
          .argument("rows: int in 1..")
          .keyword(kShuffle)
          .named("column: any")
          .note(
              "A column is a way to draw one row (`normal(3, 32)`, `randint(0, 5)`), a list of such, or an expression "
              "over the other columns.")
          .result("as named")
          .example("synthetic(64, x=normal(8), y=randint(0, 3))"),
      source(Id::Csv, "csv")
          .summary("A table of text, perhaps compressed (`.gz`); a column is a number where every value is one.")
          .argument("file: str")
          .argument("header: bool = true")
          .argument("names: str[]? = null")
          .argument("sep: str = \",\"")
          .argument("missing: str[] = [\"?\", \"\"]")
          .argument("strip: bool = true")
          .argument("types: any? = null")
          .argument("decimal: str = \".\"")
          .argument("encoding: str = \"utf-8\"")
          .keyword(kShuffle)
          .note("`types={zip: str, price: float}` says what columns are, `str`, `float` or `int`, whatever their cells "
                "look "
                "like. `decimal=\",\"` and `encoding=\"latin-1\"` (`cp1252`, `utf-16`, …) read files of spreadsheets. "
                "Files of any size are read: what does not fit into memory waits in a temporary file.")
          .result("as named in the header, or 0, 1, …")
          .example("csv(\"table.csv\", header=false)"),
      source(Id::Idx, "idx")
          .summary("The two files of MNIST and its like, perhaps compressed (`.gz`).")
          .argument("images: str")
          .argument("labels: str")
          .keyword(kShuffle)
          .result("image: uint8[H, W]")
          .result("label: uint8[]")
          .example("idx(\"images.gz\", \"labels.gz\")"),
      source(Id::Npy, "npy")
          .summary("Arrays of NumPy, one a file; the first dimension are the rows.")
          .rest("file: str")
          .keyword(kShuffle)
          .named("column: str")
          .result("as named")
          .example("npy(x=\"x.npy\", y=\"y.npy\")"),
      source(Id::Npz, "npz")
          .summary("The arrays of one archive of NumPy, by name.")
          .argument("file: str")
          .keyword(kShuffle)
          .result("arrays by name")
          .example("npz(\"data.npz\")"),
      source(Id::Safetensors, "safetensors")
          .summary("The tensors of a safetensors file, by name.")
          .argument("file: str")
          .keyword(kShuffle)
          .result("tensors by name")
          .example("safetensors(\"data.safetensors\")"),
      source(Id::Images, "images")
          .summary("A folder of JPEG, PNG, WebP, BMP and TIFF images, one folder within it for each class.")
          .argument("folder: str")
          .argument("size: int[2]? in 1.. = null")
          .keyword(kShuffle)
          .result("image: uint8[3, H, W]")
          .result("label: int[]")
          .result("file")
          .note("`label` numbers the sorted names of the folders, as torchvision's ImageFolder does; a folder without "
                "folders has no `label`. With `size` the shorter side is resized and the middle is cut out.")
          .example("images(\"photos\", size=64)"),
      source(Id::Text, "text")
          .summary("A text as one long row of tokens.")
          .argument("file: str")
          .argument("tokens: str = \"chars\"")
          .keyword(kShuffle)
          .result("tokens: int[]")
          .note("`tokens` is `chars`, `bytes`, `words` or the file of a `tokenizer.json`. Characters are numbered from "
                "0 in "
                "sorted order as the training split has them; where the training source has others, these share the "
                "number "
                "behind them. Of words 0 stands for those that the training split lacks, the others follow in sorted "
                "order. "
                "Bytes are their values, and a tokenizer's numbers are its own. `data.categories(\"tokens\")` is how "
                "many "
                "numbers there are.")
          .example("text(\"corpus.txt\", tokens=\"chars\")"),
      source(Id::Sqlite, "sqlite")
          .summary("The rows of a query.")
          .argument("file: str")
          .argument("query: str")
          .keyword(kShuffle)
          .note("A column is of integers, numbers or text by its declared type and its values; `NULL` is a missing "
                "value.")
          .result("as the query names them")
          .example("sqlite(\"data.db\", \"select * from t\")"),
      source(Id::Alternate, "alternate")
          .summary("Batches of its sources in turn.")
          .rest("part: source")
          .keyword(kShuffle)
          .named("part: source")
          .result("as of the part in turn")
          .example("alternate(csv(\"a.csv\"), csv(\"b.csv\"))"),
      source(Id::Mix, "mix")
          .summary("Rows of its sources, drawn by weight.")
          .rest("part: source")
          .keyword("weights: float[]? in 0.. = null")
          .keyword(kShuffle)
          .named("part: source")
          .note("An epoch of training has as many rows as all parts together; a part's share of them is its weight's "
                "share. A row comes again when all rows of its part have come. Without weights, and outside training, "
                "each "
                "row comes once.")
          .result("as of its parts, which agree")
          .example("mix(csv(\"a.csv\"), csv(\"b.csv\"), weights=[0.8, 0.2])"),
      source(Id::Zip, "zip")
          .summary("Sources side by side: row by row, or joined by a key column.")
          .rest("part: source")
          .keyword("on: str? = null")
          .keyword(kShuffle)
          .named("part: source")
          .result("PART.COLUMN")
          .example("zip(a=csv(\"a.csv\"), b=csv(\"b.csv\"), on=\"id\")"),
      source(Id::With, "with")
          .summary("Adds columns of one value, after `->`.")
          .named("column: int|float|bool|str")
          .result("the columns before it, and those named")
          .example("csv(\"a.csv\") -> with(kind=\"text\")"),
  };
}

std::vector<Entry> draws() {
  using Id = DrawId;
  const auto draw = [](Id id, std::string name) { return Declare(Kind::Draw, id, std::move(name)); };
  return {
      draw(Id::Normal, "normal")
          .summary("Normal numbers, of the shape of one row.")
          .rest("size: int|int[] in 1..")
          .keyword("mean: float = 0")
          .keyword("std: float in 0.. = 1")
          .example("normal(3, 32, 32)"),
      draw(Id::Uniform, "uniform")
          .summary("Numbers from `low` to `high`, of the shape of one row.")
          .rest("size: int|int[] in 1..")
          .keyword("low: float = 0")
          .keyword("high: float = 1")
          .example("uniform(4, low=-1, high=1)"),
      draw(Id::Randint, "randint")
          .summary("Integers from `low` up to, without, `high`.")
          .rest("bound: int|int[]")
          .keyword("low: int = 0")
          .keyword("high: int? = null")
          .note("`randint(5)` is 0 to 4; what stands after two bounds is the shape of one row.")
          .example("randint(0, 100, [20])"),
      draw(Id::Randn, "randn").summary("As `normal`.").rest("size: int|int[] in 1..").example("randn(8)"),
      draw(Id::Rand, "rand").summary("As `uniform`, from 0 to 1.").rest("size: int|int[] in 1..").example("rand(8)"),
  };
}

}  // namespace modelc::catalogue
