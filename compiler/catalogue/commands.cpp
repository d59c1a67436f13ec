#include "catalogue/commands.h"

#include "catalogue/entry.h"

namespace modelc::catalogue {
namespace {

using Id = OptionId;

constexpr std::size_t kAny = ~std::size_t{0};

constexpr Option weights(std::string_view sentence) {
  return {Id::Weights, "--weights", "W", "", true, sentence, "--weights best.safetensors"};
}

/// How the names of a weight file and those of the model go together: the keys of `weights`.
constexpr Option kWeightKeys[] = {
    {Id::Only, "--only", "GLOB", "", true, "what of the weight file is used, by its names", "--only trunk"},
    {Id::Except, "--except", "GLOB", "", true, "what of the weight file is left out", "--except fc"},
    {Id::Rename, "--rename", "OLD=NEW", "", true, "prefixes of its names and what stands for them",
     "--rename module.="},
    {Id::New, "--new", "GLOB", "", true, "what of the model starts from its initial values", "--new fc"},
};

std::vector<Option> with_weights(Option file, const std::vector<Option>& others) {
  std::vector<Option> all{file};
  all.insert(all.end(), std::begin(kWeightKeys), std::end(kWeightKeys));
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

constexpr Option kPrefer = {Id::Prefer,           "--prefer", "WHICH",
                            "{file|checkpoint}",  false,      "file or checkpoint, where their descriptions differ",
                            "--prefer checkpoint"};

constexpr Option kSaveOnly = {
    Id::SaveOnly,           "--save-only", "WHICH",
    "{all|trainable}",      false,         "all tensors, or those that training changes, to be loaded upon the rest",
    "--save-only trainable"};

constexpr Option output(std::string_view value, std::string_view sentence, std::string_view example) {
  return {Id::Output, "-o,--output", value, "", true, sentence, example};
}

}  // namespace

const std::vector<Option>& file_options() {
  static const std::vector<Option> all = {
      {Id::Variant, "--variant", "NAME", "", false, "a variant of the description", "--variant small"},
      {Id::Set, "--set", "NAME=VALUE", "", true, "a param, or a key of the recipe by path", "--set train.epochs=3"},
      {Id::Replace, "--replace", "PATH=FILE|EXPR", "", true, "another module in this place",
       "--replace 'fc=Linear(5)'"},
      {Id::Append, "--append", "PATH=FILE|EXPR", "", true, "behind the last part of a Sequential",
       "--append 'trunk=Dropout(0.1)'"},
      {Id::Prepend, "--prepend", "PATH=FILE|EXPR", "", true, "before the first part of a Sequential, with names",
       "--prepend 'trunk=[{norm: LayerNorm()}]'"},
      {Id::Wrap, "--wrap", "PATH=FILE|EXPR", "", true, "a component around this module, its `inner`",
       "--wrap 'fc=LoRA(rank=8)'"},
      {Id::Remove, "--remove", "PATH", "", true, "Identity in this place", "--remove avgpool"},
      {Id::Freeze, "--freeze", "GLOB", "", true, "stop gradients; `!glob` lets them through again",
       "--freeze '**' --freeze '!fc'"},
      {Id::Device, "--device", "DEV", "", false, "where to compute", "--device cpu"},
      {Id::Seed, "--seed", "N", "int", false, "of every random draw", "--seed 7"},
      {Id::Threads, "--threads", "N", "int in 1..", false,
       "that compute one operation; OMP_NUM_THREADS, or one a core, unless said", "--threads 4"},
  };
  return all;
}

const std::vector<Option>& output_options() {
  static const std::vector<Option> all = {
      {Id::Format, "--format", "FORMAT", "{text|json}", false, "text or json", "--format json"},
      {Id::Color, "--color", "WHEN", "{auto|always|never}", false, "auto, always or never; NO_COLOR is honoured",
       "--color never"},
      {Id::Quiet, "-q,--quiet", "", "", false, "results and errors only", "-q"},
      {Id::Verbose, "-v,--verbose", "", "", false, "also how long each phase takes", "-v"},
  };
  return all;
}

const std::vector<Command>& commands() {
  using C = CommandId;
  static const std::vector<Command> all = {
      {C::Check,
       "check",
       "FILE...",
       "parse, resolve, infer, verify; all errors at once",
       {"modelc check model.yaml", "modelc check model.yaml --where H=224,W=224", "modelc check --fix models/*.yaml"},
       1,
       kAny,
       true,
       {{Id::Where, "--where", "H=224,W=224", "", true, "sizes of symbols to check for", "--where H=224,W=224"},
        {Id::Fix, "--fix", "", "", false, "apply the fixes that are certain", "--fix"},
        {Id::Werror, "--werror", "", "", false, "treat warnings as errors", "--werror"}}},
      {C::Summary,
       "summary",
       "FILE",
       "the module tree with output types, parameters, FLOPs and constraints",
       {"modelc summary model.yaml", "modelc summary model.yaml@small --input x=8x3x224x224",
        "modelc summary best.safetensors --format json"},
       1,
       1,
       true,
       {{Id::Input, "--input", "x=8x3x224x224", "", true, "sizes of an input, for FLOPs and shapes",
         "--input x=8x3x224x224"}}},
      {C::Ir,
       "ir",
       "FILE",
       "the intermediate representation as text",
       {"modelc ir model.yaml", "modelc ir model.yaml --after simplify"},
       1,
       1,
       true,
       {{Id::After, "--after", "PASS", "", false, "the pass or phase whose result is printed", "--after simplify"}}},
      {C::Resolve,
       "resolve",
       "FILE LINE:COLUMN",
       "what the name at this place means, where it is defined and used",
       {"modelc resolve model.yaml 12:9", "modelc resolve model.yaml@small 12:9 --format json"},
       2,
       2,
       true,
       {}},
      {C::Test,
       "test",
       "FILE...",
       "try the checks that stand in the descriptions",
       {"modelc test model.yaml", "modelc test models/*.yaml --format json"},
       1,
       kAny,
       true,
       {}},
      {C::Fmt,
       "fmt",
       "FILE...",
       "the canonical layout, comments kept",
       {"modelc fmt model.yaml", "modelc fmt --check models/*.yaml"},
       1,
       kAny,
       false,
       {{Id::Check, "--check", "", "", false, "change nothing; exit 1 where a file is not in its layout", "--check"}}},
      {C::New,
       "new",
       "[TEMPLATE]",
       "a commented starting point; without a name, the list of them",
       {"modelc new", "modelc new images -o model.yaml"},
       0,
       1,
       false,
       {output("FILE", "the description to write, which must not be there yet; without it, it is printed",
               "-o model.yaml")}},
      {C::Build,
       "build",
       "FILE",
       "instantiate the modules, load or draw weights, run once, write a checkpoint",
       {"modelc build model.yaml -o model.safetensors",
        "modelc build model.yaml --weights w.safetensors -o out.safetensors"},
       1,
       1,
       true,
       with_weights(
           weights("a weight file or checkpoint; a further one goes over it"),
           {output("OUT", "the checkpoint to write; .pt or .pth: a state dict for PyTorch", "-o model.safetensors"),
            kSaveOnly})},
      {C::Train,
       "train",
       "FILE",
       "train by the recipe; metrics, checkpoints and logs go to the run folder",
       {"modelc train model.yaml -o runs/first", "modelc train model.yaml --set train.epochs=3 --seed 7"},
       1,
       1,
       true,
       with_weights(
           weights("start from this weight file or checkpoint; a further one goes over it"),
           {{Id::Resume, "--resume", "", "", false, "go on with the run in the run folder", "--resume"},
            {Id::Overwrite, "--overwrite", "", "", false, "replace the run that is in the run folder", "--overwrite"},
            output("RUNDIR", "the run folder", "-o runs/first"),
            {Id::DryRun, "--dry-run", "", "", false, "prepare and check everything, take one step, keep nothing",
             "--dry-run"},
            {Id::Overfit, "--overfit", "N", "int in 1..", false,
             "train on the first N rows and validate on the same: can the model learn?", "--overfit 32"},
            {Id::Limit, "--limit", "N", "int in 1..", false, "at most N batches an epoch, and for a validation",
             "--limit 20"},
            {Id::Profile, "--profile", "", "", false, "the time of each operation, forward and backward, by its line",
             "--profile"},
            {Id::Until, "--until", "N", "int in 1..", false,
             "stop after epoch N (step N where the recipe counts steps), to go on later with --resume", "--until 5"},
            kSaveOnly})},
      {C::LrFind,
       "lr-find",
       "FILE",
       "find a learning rate: the loss while the rate rises; leaves no weights behind",
       {"modelc lr-find model.yaml", "modelc lr-find model.yaml -o lr.svg -o lr.csv --from 1e-6 --to 1 --steps 200"},
       1,
       1,
       true,
       with_weights(
           weights("start from this weight file or checkpoint; a further one goes over it"),
           {{Id::From, "--from", "LR", "float", false, "the rate of the first step; 1e-7 unless said", "--from 1e-6"},
            {Id::To, "--to", "LR", "float", false, "the rate of the last step; 10 unless said", "--to 1"},
            {Id::Steps, "--steps", "N", "int in 1..", false, "how many steps are taken; 100 unless said",
             "--steps 200"},
            {Id::Output, "-o,--output", "OUT", "", true, "a plot, .svg, or the numbers, .csv; may be given twice",
             "-o lr.svg"}})},
      {C::Sweep,
       "sweep",
       "FILE",
       "train with many settings, side by side; a table and a plot of what came out",
       {"modelc sweep model.yaml --over train.optimizer.lr=1e-4,1e-3,1e-2 --over width=32,64",
        "modelc sweep model.yaml --over train.optimizer.lr=1e-5..1e-1:log --samples 20 --halving --jobs 4",
        "modelc sweep model.yaml --over 'train.optimizer=SGD(lr=0.1),Adam(lr=1e-3)' --metric valid.accuracy -o "
        "runs/optimizers"},
       1,
       1,
       true,
       {{Id::Over, "--over", "PATH=VALUES", "", true,
         "values of a `--set` path: A,B,C; LOW..HIGH; LOW..HIGH:STEP; LOW..HIGH:log",
         "--over train.optimizer.lr=1e-4..1e-1:log"},
        {Id::Samples, "--samples", "N", "int in 1..", false, "N random settings; without it, every combination",
         "--samples 20"},
        {Id::Halving, "--halving", "", "", false,
         "short trainings first; only the better half goes on, and twice as long", "--halving"},
        {Id::Metric, "--metric", "NAME", "", false,
         "by what the trials are judged; `train.best` or the loss unless said", "--metric valid.accuracy"},
        {Id::Mode, "--mode", "WHICH", "{min|max}", false,
         "whether a lower or a higher one is better, where that is not known", "--mode max"},
        {Id::Jobs, "--jobs", "N", "int in 1..", false, "how many trials run side by side; 1 unless said", "--jobs 4"},
        output("DIR", "the folder of the sweep, a run folder for each trial in it", "-o runs/rates"),
        {Id::Resume, "--resume", "", "", false, "go on with the sweep in the folder", "--resume"},
        {Id::Overwrite, "--overwrite", "", "", false, "replace the sweep that is in the folder", "--overwrite"}}},
      {C::Runs,
       "runs",
       "[DIR...]",
       "list the runs below a folder; of several given, what differs and their figures side by side",
       {"modelc runs", "modelc runs runs/rates --format json", "modelc runs runs/first runs/second -o curves.svg"},
       0,
       kAny,
       false,
       {output("OUT", "a plot of their figures, .svg", "-o curves.svg")}},
      {C::Bench,
       "bench",
       "FILE",
       "time of a training step and of inference, with and without the optimising passes",
       {"modelc bench model.yaml", "modelc bench model.yaml --input x=8x3x224x224 --steps 50 --format json"},
       1,
       1,
       true,
       {{Id::Input, "--input", "x=8x3x224x224", "", true, "sizes of an input where there are no data",
         "--input x=8x3x224x224"},
        {Id::Steps, "--steps", "N", "int in 1..", false,
         "how many times each is run; as many as take a second unless said", "--steps 50"}}},
      {C::Eval,
       "eval",
       "FILE",
       "loss and metrics on the recipe's validation or test data",
       {"modelc eval model.yaml --weights runs/first/best.safetensors"},
       1,
       1,
       true,
       with_weights(weights("a weight file or checkpoint; a further one goes over it"),
                    {kPrefer,
                     {Id::Split, "--split", "NAME", "{train|valid|test}", false,
                      "train, valid or test; the last of them that there is unless said", "--split valid"}})},
      {C::Predict,
       "predict",
       "FILE",
       "run inference",
       {"modelc predict model.yaml --weights best.safetensors --inputs in.safetensors -o out.safetensors",
        "modelc predict best.safetensors --weights best.safetensors --inputs x=x.npy --inputs kind=text -o "
        "logits=y.npy",
        "modelc predict best.safetensors --data rows.csv -o predicted.csv",
        "modelc predict best.safetensors --generate --prompt 'ROMEO:' --seed 7"},
       1,
       1,
       true,
       with_weights(
           weights("a weight file or checkpoint; a further one goes over it"),
           {kPrefer,
            {Id::Inputs, "--inputs", "IN", "", true, ".safetensors, .npz, NAME=FILE.npy or NAME=VALUE",
             "--inputs x=x.npy"},
            {Id::Data, "--data", "SOURCE", "", false,
             "instead of inputs: rows of a file, a folder or a source, to which the feed is applied",
             "--data rows.csv"},
            {Id::Generate, "--generate", "", "", false, "make an input longer, as `predict.generate` says",
             "--generate"},
            {Id::Prompt, "--prompt", "TEXT", "", true, "a text to go on from; the result goes to standard output",
             "--prompt 'ROMEO:'"},
            output("OUT",
                   ".safetensors, .npz, NAME=FILE.npy or, of images, .png; of rows also .csv, of --generate .txt",
                   "-o out.safetensors"),
            {Id::Outputs, "--outputs", "NAME,...", "", true, "compute only these", "--outputs logits"}})},
      {C::Diff,
       "diff",
       "A B",
       "what differs between two descriptions, and which weights carry over",
       {"modelc diff old.yaml new.yaml", "modelc diff model.yaml@small model.yaml@large --format json"},
       2,
       2,
       false,
       {}},
      {C::WeightsShow,
       "weights show",
       "W",
       "what a weight file holds, by its header",
       {"modelc weights show resnet18.pth", "modelc weights show model.safetensors.index.json --format json"},
       1,
       1,
       false,
       {}},
      {C::WeightsMatch,
       "weights match",
       "FILE W...",
       "how a weight file fits a model, tensor by tensor",
       {"modelc weights match model.yaml resnet18.pth",
        "modelc weights match model.yaml w.pt --rename module.= --new fc"},
       2,
       kAny,
       true,
       {std::begin(kWeightKeys), std::end(kWeightKeys)}},
      {C::DataShow,
       "data show",
       "FILE",
       "the recipe's columns, counts, ranges, and a few rows before and after the feed",
       {"modelc data show model.yaml", "modelc data show best.safetensors --format json",
        "modelc data show model.yaml -o sheet.png"},
       1,
       1,
       true,
       {output("SHEET", "a picture (.png) of the first images that are fed", "-o sheet.png")}},
      {C::Explain,
       "explain",
       "CODE | FILE PATH",
       "what a diagnostic means and how to cure it; where a value of a description comes from",
       {"modelc explain M6003", "modelc explain model.yaml width --set width=8",
        "modelc explain model.yaml train.optimizer"},
       1,
       2,
       true,
       {}},
      {C::Ops,
       "ops",
       "[NAME]",
       "everything that has a name, or the reference of one: operators, optimisers, keys, ...",
       {"modelc ops", "modelc ops Conv2d", "modelc ops AdamW", "modelc ops train.batch"},
       0,
       1,
       false,
       {}},
      {C::Schema,
       "schema",
       "",
       "the JSON Schema of a description, for editors",
       {"modelc schema > description.schema.json"},
       0,
       0,
       false,
       {}},
  };
  return all;
}

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> all = command.own;
  if (command.reads_file) all.insert(all.end(), file_options().begin(), file_options().end());
  all.insert(all.end(), output_options().begin(), output_options().end());
  return all;
}

std::vector<std::string> words_of(const Option& option) {
  if (!option.type.starts_with("{")) return {};
  return types::parse_param("option: " + std::string(option.type)).alternatives.front().words;
}

}  // namespace modelc::catalogue
