// What a recipe's feed does to columns. `standardize` and `category` are fitted: their state is set before a run.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

Tensor fitted(const std::vector<Tensor>& state, std::size_t i, const char* what) {
  TORCH_CHECK(i < state.size() && state[i].defined(), what, " was not fitted on the training data");
  return state[i];
}

/// The first row whose value has no class; `known` is a bool per element of `x`.
void check_known(const Tensor& x, const Tensor& known) {
  if (known.all().item<bool>()) return;
  const std::int64_t at = known.reshape({-1}).logical_not().nonzero()[0].item<std::int64_t>();
  const Tensor value = x.reshape({-1})[at];
  TORCH_CHECK_INDEX(false, "the value ", value.item<double>(), " of row ", at, " is not among those of `train`");
}

/// Text comes as codes of the source's table; the state maps a code to its class, -1 where `train` has none.
Tensor class_of_code(const Tensor& codes, const Tensor& table) {
  const Tensor inside = codes.ge(0).logical_and(codes.lt(table.size(0)));
  const Tensor classes =
      at::where(inside, table.index_select(0, codes.clamp(0, table.size(0) - 1).reshape({-1})).reshape(codes.sizes()),
                at::full({}, -1, table.options()));
  check_known(codes, classes.ge(0));
  return classes;
}

/// Numbers: the position among the sorted values. A missing value (NaN) is one of them, the last.
Tensor class_of_number(const Tensor& x, const Tensor& values) {
  const Tensor numbers = values.index_select(0, values.isnan().logical_not().nonzero().reshape({-1}));
  const std::int64_t count = numbers.size(0);
  const Tensor same = x.to(values.scalar_type()).contiguous();
  const Tensor missing = same.isnan();
  Tensor found = at::full_like(same, count, same.options().dtype(at::kLong));
  Tensor known = missing.logical_and(at::full({}, count < values.size(0), missing.options()));
  if (count > 0) {
    found = at::where(missing, found, at::searchsorted(numbers, same));
    const Tensor nearest = found.clamp(0, count - 1);
    known = known.logical_or(numbers.index_select(0, nearest.reshape({-1})).reshape(same.sizes()).eq(same));
  }
  check_known(x, known);
  return found;
}

/// Numbers stand for themselves where there is no table; -1 is where a row is padded.
Tensor number_of_piece(const Tensor& pieces, const std::vector<Tensor>& state, std::int64_t padding) {
  const Tensor codes = pieces.to(at::kLong);
  const Tensor table = fitted(state, 0, "`tokens`");
  const Tensor padded = codes.lt(0), filler = at::full({}, padding, codes.options());
  if (table.numel() == 0) return at::where(padded, filler, codes);
  const Tensor numbers = table.index_select(0, codes.clamp(0, table.size(0) - 1).reshape({-1})).reshape(codes.sizes());
  check_known(codes, numbers.ge(0).logical_or(padded));
  return at::where(padded, filler, numbers);
}

/// `mean` and `std` have one value for everything, or one per channel (dimension 1).
Tensor per_channel(const std::vector<double>& values, const Tensor& x) {
  Tensor t = at::empty({static_cast<std::int64_t>(values.size())}, x.options());
  for (std::size_t i = 0; i < values.size(); ++i) t[static_cast<std::int64_t>(i)].fill_(values[i]);
  if (values.size() == 1) return t.reshape({});
  Integers shape(static_cast<std::size_t>(std::max<std::int64_t>(x.dim(), 2)), 1);
  shape[1] = t.size(0);
  return t.reshape(shape);
}

}  // namespace

void lower_feed(Lowerings& lowerings) {
  lowerings.add("standardize", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), &state = n.state(), dtype = result_dtype(n)](const Frame& f) {
      return (x(f).to(dtype) - fitted(state, 0, "`standardize`")) / fitted(state, 1, "`standardize`");
    });
  });
  lowerings.add("category", [](const NodeView& n) {
    const bool text = n.type("input").dtype == types::DType::String;
    return single(n, [text, x = n.tensor("input"), &state = n.state()](const Frame& f) {
      const Tensor known = fitted(state, 0, "`category`");
      return text ? class_of_code(x(f), known) : class_of_number(x(f), known);
    });
  });
  // The state: what stands for a missing value, of each column; of text the code of a word and that of a missing cell.
  lowerings.add("impute", [](const NodeView& n) {
    const bool text = n.type("input").dtype == types::DType::String;
    return single(n, [text, x = n.tensor("input"), &state = n.state()](const Frame& f) {
      const Tensor fill = fitted(state, 0, "`impute`"), in = text ? x(f) : x(f).to(at::kFloat);
      return at::where(text ? in.eq(fitted(state, 1, "`impute`")) : in.isnan(), fill, in);
    });
  });
  lowerings.add("bins", [](const NodeView& n) {
    return single(n, [edges = numbers(n, "edges"), x = n.tensor("input")](const Frame& f) {
      // An edge is the number that a value as written would be: 0.1 of a float column meets the edge 0.1.
      const Tensor in = at::isFloatingType(x(f).scalar_type()) ? x(f) : x(f).to(at::kDouble);
      return at::bucketize(in.contiguous(), at::tensor(edges, at::kDouble).to(in.scalar_type()));
    });
  });
  lowerings.add("_feed_normalize", [](const NodeView& n) {
    return single(n, [mean = numbers(n, "mean"), std = numbers(n, "std"), x = n.tensor("input"),
                      dtype = result_dtype(n)](const Frame& f) {
      const Tensor in = x(f).to(dtype);
      return (in - per_channel(mean, in)) / per_channel(std, in);
    });
  });
  lowerings.add("_numbered", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), &state = n.state(), padding = n.integer("padding")](const Frame& f) {
      return number_of_piece(x(f), state, padding);
    });
  });
  lowerings.add("_windows", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), size = n.integer("n")](const Frame& f) {
      const Tensor in = x(f);
      Integers shape{in.size(0) / size, size};
      for (std::int64_t i = 1; i < in.dim(); ++i) shape.push_back(in.size(i));
      return in.reshape(shape);
    });
  });
  lowerings.add("_columns", [](const NodeView& n) {
    return single(n, [xs = n.tensors("inputs"), dtype = result_dtype(n)](const Frame& f) {
      std::vector<Tensor> columns = xs(f);
      for (Tensor& column : columns) {
        if (column.dim() == 1) column = column.unsqueeze(1);
        column = column.to(dtype);
      }
      return at::cat(columns, 1);
    });
  });
}

}  // namespace modelc::kernels
