"""Recurrent layers: layers, directions, projections, states given and not; cells."""

from case import case

CASES = []
for name in ("LSTM", "GRU", "RNN"):
    pair = name == "LSTM"
    call = "m(x, (y, z))" if pair else "m(x, y)"
    CASES += [
        case(f"{name}(16, batch_first=true)", "float[B, T, 8]"), case(f"{name}(6)", "float[5, 2, 4]"),
        case(f"{name}(6)", "float[5, 4]"), case(f"{name}(6, batch_first=true)", "float[5, 4]"),
        case(f"{name}(6, bias=false)", "float[5, 2, 4]"),
        case(f"{name}(3, num_layers=2, bidirectional=true, batch_first=true)", "float[2, 5, 4]"),
        case(f"{name}(3, num_layers=3, bias=false, bidirectional=true)", "float[5, 2, 4]"),
        case(f"{name}(3)", "float[5, 2, 4], float[1, 2, 3]" + ", float[1, 2, 3]" * pair, call),
        case(f"{name}(3, num_layers=2, bidirectional=true, batch_first=true)",
             "float[2, 5, 4], float[4, 2, 3]" + ", float[4, 2, 3]" * pair, call),
        case(f"{name}(3)", "float[5, 4], float[1, 3]" + ", float[1, 3]" * pair, call),
        case(f"{name}(3)", "float[5, 2, 4]", "m(x)[0]"), case(f"{name}(3)", "float[5, 2, 4]", "m(x)[1]"),
    ]
    cell = f"{name}Cell"
    CASES += [
        case(f"{cell}(16)", "float[B, 8]"), case(f"{cell}(3)", "float[4]"),
        case(f"{cell}(3, bias=false)", "float[2, 4]"),
        case(f"{cell}(3)", "float[2, 4], float[2, 3]" + ", float[2, 3]" * pair, call),
        case(f"{cell}(3)", "float[4], float[3]" + ", float[3]" * pair, call),
    ]
CASES += [
    case("LSTM(6, proj_size=3)", "float[5, 2, 4]"),
    case("LSTM(6, proj_size=3, num_layers=2, bidirectional=true)", "float[5, 2, 4]"),
    case("LSTM(6, proj_size=3, num_layers=2)", "float[5, 4]"),
    case("LSTM(6, proj_size=3)", "float[5, 2, 4], float[1, 2, 3], float[1, 2, 6]", "m(x, (y, z))"),
    case('RNN(6, nonlinearity="relu")', "float[5, 2, 4]"),
    case('RNN(6, num_layers=2, bidirectional=true, nonlinearity="relu")', "float[5, 4]"),
    case('RNNCell(3, nonlinearity="relu")', "float[2, 4]"),
]
