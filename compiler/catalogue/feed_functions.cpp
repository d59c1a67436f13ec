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
          .argument("stride: int? in 1.. = null")
          .note(
              "`stride` is `n` unless said. The windows of a feed agree in both, and all that it feeds is of windows. "
              "Where they overlap, the last ones validate, and those that reach into them train nothing.")
          .example("windows(tokens, 64)"),
      feed(Id::Tokens, "tokens")
          .summary("The tokens of a text column, as many as each row has: for `pad` and `lengths`.")
          .argument("input: column")
          .argument("by: str = \"words\"")
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
          .summary("Missing values filled in, each column by what it has in the training split.")
          .argument("input: column")
          .keyword("by: {median|mean|mode} = median")
          .note("The median of an even number of values is the mean of the middle two; of several most frequent values "
                "the "
                "least is the mode. Text has a mode only, which is taken unless `by` is given.")
          .example("impute(age, by=\"median\")"),
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
          .summary("The number of the interval that a value lies in, from 0.")
          .argument("input: column")
          .argument("edges: float[]")
          .note("As torch.bucketize: of edges in ascending order, `i` means edges[i-1] < value <= edges[i], so that "
                "there "
                "is one number more than edges. A missing value lies in no interval and is an error with its row.")
          .example("bins(age, [18, 40, 65])"),
      feed(Id::RandomCrop, "random_crop")
          .summary("A part of an image, drawn anew for each row and epoch; the middle where nothing trains.")
          .argument("input: column")
          .argument("size: int[2] in 1..")
          .keyword("padding: int in 0.. = 0")
          .keyword("fill: float = 0")
          .example("random_crop(image, 28, padding=4)"),
      feed(Id::RandomResizedCrop, "random_resized_crop")
          .summary("A part of an image of any size, resized; the largest middle part where nothing trains.")
          .argument("input: column")
          .argument("size: int[2] in 1..")
          .keyword("scale: float[2] in 0<..1 = [0.08, 1.0]")
          .keyword("ratio: float[2] in 0<.. = [0.75, 1.3333333333333333]")
          .note("`scale` is the share of the area, `ratio` width by height; bilinear, antialiased.")
          .example("random_resized_crop(image, 64)"),
      feed(Id::RandomFlip, "random_flip")
          .summary("An image mirrored, left to right or with `vertical` upside down; in training only.")
          .argument("input: column")
          .keyword("p: float in 0..1 = 0.5")
          .keyword("vertical: bool = false")
          .example("random_flip(image)"),
      feed(Id::RandomRotation, "random_rotation")
          .summary("An image turned about its middle; in training only.")
          .argument("input: column")
          .argument("degrees: float|float[]")
          .keyword("fill: float = 0")
          .note("A number is from minus to plus as many degrees, counter-clockwise; bilinear.")
          .example("random_rotation(image, 10)"),
      feed(Id::ColorJitter, "color_jitter")
          .summary("Brightness, contrast, saturation and hue changed, in this order; in training only.")
          .argument("input: column")
          .keyword("brightness: float|float[] in 0.. = 0.0")
          .keyword("contrast: float|float[] in 0.. = 0.0")
          .keyword("saturation: float|float[] in 0.. = 0.0")
          .keyword("hue: float|float[] in -0.5..0.5 = 0.0")
          .note(
              "0.2 is a factor of 0.8 to 1.2, [0.5, 1.5] one of 0.5 to 1.5; of hue, what is added. Floats are colours "
              "from 0 to 1.")
          .example("color_jitter(image, brightness=0.2, contrast=0.2)"),
      feed(Id::RandomErasing, "random_erasing")
          .summary("A rectangle of an image overwritten; in training only.")
          .argument("input: column")
          .keyword("p: float in 0..1 = 0.5")
          .keyword("scale: float[2] in 0..1 = [0.02, 0.33]")
          .keyword("ratio: float[2] in 0<.. = [0.3, 3.3]")
          .keyword("value: float = 0")
          .example("random_erasing(image, p=0.25)"),
      feed(Id::Augment, "augment")
          .summary("One change of any kind and strength to an image (TrivialAugment); in training only.")
          .argument("input: column")
          .note("Shears, shifts, turns, colours, sharpness, posterize, solarize, autocontrast, equalize, or none.")
          .example("augment(image)"),
      feed(Id::Mixup, "mixup")
          .summary("Each image and its target mixed with another row of the batch; in training only.")
          .argument("input: column")
          .argument("target: column")
          .keyword("alpha: float in 0<.. = 0.2")
          .note("Gives both: `x, y: mixup(image, one_hot(label, 10))`. The shares are of Beta(alpha, alpha).")
          .example("mixup(image, one_hot(label, 10), alpha=0.2)"),
      feed(Id::Cutmix, "cutmix")
          .summary("A rectangle of each image from another row, its target in proportion; in training only.")
          .argument("input: column")
          .argument("target: column")
          .keyword("alpha: float in 0<.. = 1.0")
          .note("Gives both: `x, y: cutmix(image, one_hot(label, 10))`.")
          .example("cutmix(image, one_hot(label, 10))"),
      feed(Id::Resize, "resize")
          .summary("An image of another size; bilinear, antialiased.")
          .argument("input: column")
          .argument("size: int[2] in 1..")
          .example("resize(image, 64)"),
      feed(Id::CenterCrop, "center_crop")
          .summary("The middle of an image; what is missing of a smaller one is zero.")
          .argument("input: column")
          .argument("size: int[2] in 1..")
          .example("center_crop(image, 24)"),
  };
}

}  // namespace modelc::catalogue
