// Functions of a recipe's feed: from columns of a source to what the model takes. They go before torch's there.
#include "catalogue/entry.h"

namespace modelc::catalogue {

namespace {

Declare feed(FeedId id, std::string name) { return Declare(Kind::FeedFunction, id, std::move(name)); }

}  // namespace

std::vector<Entry> feed_functions() {
  using Id = FeedId;
  return {
      feed(Id::Column, "column")
          .summary("The column of that name, or of that number.")
          .argument("name: str|int")
          .example("column(\"hours-per-week\")"),
      feed(Id::Numeric, "numeric")
          .summary("Columns of numbers side by side as one float tensor: those named, or all that hold numbers.")
          .rest("columns: column")
          .keyword("except: str|int|str[] = []")
          .example("numeric(except=\"class\")"),
      feed(Id::Standardize, "standardize")
          .summary("Less the mean, divided by the standard deviation, of each column; fitted on the training split.")
          .argument("input: column")
          .example("standardize(numeric())"),
      feed(Id::Normalize, "normalize")
          .summary("(input - mean) / std.")
          .argument("input: column")
          .argument("mean: float|float[]")
          .argument("std: float|float[]")
          .example("normalize(numeric(), 0.5, 0.25)"),
      feed(Id::Category, "category")
          .summary("Numbers the sorted values of the column over the whole of `train`; an unseen value is an error.")
          .argument("input: column")
          .example("category(\"species\")"),
      feed(Id::Windows, "windows")
          .summary("Windows of `n` steps of a long row, each a row of its own; they are made before batches are drawn.")
          .argument("input: column")
          .argument("n: int in 1..")
          .keyword("stride: int? in 1.. = null")
          .note(
              "`stride` is `n` unless said. The windows of a feed agree in both, and all that it feeds is of windows. "
              "Where they overlap, the last ones validate, and those that reach into them train nothing.")
          .example("windows(tokens, 64)"),
      feed(Id::Tokens, "tokens")
          .summary("The tokens of a text column, as many as each row has: for `pad` and `lengths`.")
          .argument("input: column")
          .keyword("by: str = \"words\"")
          .note(
              "`by` is `words`, `chars`, `bytes` or the file of a `tokenizer.json`. Of words and characters 0 is kept "
              "for padding, 1 stands for what the training split does not have, and the others follow in sorted order; "
              "bytes are their values, and a tokenizer's numbers are its own.")
          .example("tokens(review, by=\"words\")"),
      feed(Id::Pad, "pad")
          .summary("A ragged column made even with `value`.")
          .argument("input: column")
          .argument("value: number = 0")
          .note("Of a tensor it is torch's `pad`.")
          .example("pad(tokens(review), 0)"),
      feed(Id::Lengths, "lengths")
          .summary("How long each row of a ragged column is.")
          .argument("input: column")
          .example("lengths(tokens(review))"),
      feed(Id::Impute, "impute")
          .summary("Missing values filled in, by what the training split has.")
          .argument("input: column")
          .keyword("by: {median|mean|mode} = median")
          .example("impute(age, by=\"median\")")
          .not_yet(),
      feed(Id::Strip, "strip")
          .summary("Text without the characters of `chars` at its ends, without white space where none are given.")
          .argument("input: column")
          .argument("chars: str? = null")
          .example("strip(income, \".\")"),
      feed(Id::Lower, "lower").summary("Text in lower case.").argument("input: column").example("lower(city)"),
      feed(Id::Replace, "replace")
          .summary("Text with `old` replaced by `new`.")
          .argument("input: column")
          .argument("old: str")
          .argument("new: str")
          .example("replace(price, \"$\", \"\")"),
      feed(Id::Clip, "clip")
          .summary("No less than `min`, no more than `max`.")
          .argument("input: column")
          .argument("min: number? = null")
          .argument("max: number? = null")
          .note("torch's `clip`.")
          .example("clip(age, 0, 100)"),
      feed(Id::Log1p, "log1p")
          .summary("log(1 + input).")
          .argument("input: column")
          .note("torch's `log1p`.")
          .example("log1p(income)"),
      feed(Id::Bins, "bins")
          .summary("The number of the interval that a value lies in.")
          .argument("input: column")
          .argument("edges: float[]")
          .example("bins(age, [18, 40, 65])")
          .not_yet(),
      feed(Id::RandomCrop, "random_crop")
          .summary("A part of an image, drawn anew for each row and epoch; in training only.")
          .argument("input: column")
          .argument("size: int[2] in 1..")
          .keyword("padding: int in 0.. = 0")
          .example("random_crop(image, 28, padding=4)")
          .not_yet(),
      feed(Id::RandomFlip, "random_flip")
          .summary("An image mirrored half of the time; in training only.")
          .argument("input: column")
          .keyword("p: float in 0..1 = 0.5")
          .example("random_flip(image)")
          .not_yet(),
      feed(Id::Augment, "augment")
          .summary("A row of random changes to an image; in training only.")
          .argument("input: column")
          .example("augment(image)")
          .not_yet(),
  };
}

}  // namespace modelc::catalogue
