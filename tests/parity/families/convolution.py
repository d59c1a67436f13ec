"""Convolutions of one to three dimensions: geometry, groups, ways of padding; transposed ones; the functions."""

from case import case, cases

CASES = [
    *cases('''
        Conv1d(8, 3)
        Conv1d(8, 4, padding=2, padding_mode="replicate")
        Conv1d(8, 3, padding=1, padding_mode="circular")
        Conv1d(8, 3, padding=2, padding_mode="reflect", stride=2)
        Conv1d(6, 3, groups=6, bias=false)
        Conv1d(6, 3, dilation=3, padding="same")
        Conv1d(6, 4, padding="same", padding_mode="circular")
        Conv1d(6, 3, padding="valid")
        Conv1d(kernel_size=3, out_channels=2, stride=(2,))
    ''', "float[2, 6, 17]"),
    case("Conv1d(4, 3)", "float[6, 17]"), case("Conv1d(4, 3, padding=1)", "float[B, 6, L]"),
    case("Conv1d(4, 3, padding=1, padding_mode=\"reflect\")", "float[6, 17]"),
    *cases('''
        Conv2d(8, 3)
        Conv2d(8, (3, 5), stride=(2, 1), padding=(1, 2), dilation=(2, 1), groups=2)
        Conv2d(8, 3, padding="same", padding_mode="reflect")
        Conv2d(8, 4, padding="same", dilation=2, padding_mode="circular", bias=false)
        Conv2d(8, (4, 2), padding="same")
        Conv2d(8, 3, padding=(2, 1), padding_mode="replicate")
        Conv2d(6, 1, groups=3)
    ''', "float[2, 6, 13, 15]"),
    case("Conv2d(4, 3, padding=1)", "float[6, 9, 8]"), case("Conv2d(4, 3)", "float[B, 3, 2*S + 3, L]"),
    *cases('''
        Conv3d(4, 3)
        Conv3d(4, (1, 2, 3), stride=(1, 2, 1), padding=(0, 1, 1), groups=2)
        Conv3d(4, 3, padding=1, padding_mode="circular")
        Conv3d(4, 3, padding=1, padding_mode="reflect")
        Conv3d(4, (2, 3, 4), padding="same", padding_mode="replicate")
    ''', "float[2, 2, 5, 6, 7]"),
    case("Conv3d(4, 3)", "float[2, 5, 6, 7]"),
    *cases('''
        ConvTranspose1d(8, 3)
        ConvTranspose1d(8, 3, stride=3, padding=1, output_padding=2)
        ConvTranspose1d(8, 3, dilation=2, bias=false)
        ConvTranspose1d(6, 4, 2, groups=3)
    '''.replace("4, 2,", "4, stride=2,"), "float[2, 6, 9]"),
    case("ConvTranspose1d(4, 3)", "float[6, 9]"), case("ConvTranspose1d(4, 3, stride=2)", "float[B, 6, L]"),
    *cases('''
        ConvTranspose2d(8, 3, stride=2, padding=1, output_padding=1, groups=2, dilation=2)
        ConvTranspose2d(8, (3, 2), stride=(2, 1))
    ''', "float[2, 6, 9, 7]"),
    case("ConvTranspose2d(4, 2, stride=2)", "float[6, 3, 4]"),
    case("ConvTranspose3d(4, 3, stride=2)", "float[2, 3, 3, 4, 3]"),
    case("ConvTranspose3d(4, (2, 3, 1), stride=(1, 2, 1), padding=(0, 1, 0), output_padding=(0, 1, 0))", "float[2, 3, 3, 4, 3]"),
    *cases('''
        conv1d(x, y)
        conv1d(x, y, z, stride=2, padding=1)
        conv1d(x, y, z, 1, 2, 2)
        conv1d(x, y, padding="same")
        conv1d(x, y, bias=z, padding="valid")
    ''', "float[2, 6, 17], float[8, 6, 3], float[8]"),
    case("conv1d(x, y, groups=3)", "float[2, 6, 17], float[9, 2, 3]"),
    case("conv1d(x, y)", "float[6, 17], float[8, 6, 3]"),
    *cases('''
        conv2d(x, y, z)
        conv2d(x, y, z, (2, 1), (1, 0), (1, 2))
        conv2d(x, y, stride=2, padding=1)
        conv2d(x, y, padding="same", dilation=2)
    ''', "float[2, 6, 9, 8], float[8, 6, 3, 2], float[8]"),
    case("conv2d(x, y, groups=6)", "float[2, 6, 9, 8], float[6, 1, 3, 3]"),
    case("conv3d(x, y, z)", "float[2, 2, 5, 6, 7], float[4, 2, 3, 3, 3], float[4]"),
    case("conv3d(x, y, stride=(1, 2, 1), padding=1, groups=2)", "float[2, 2, 5, 6, 7], float[4, 1, 3, 3, 3]"),
    case("conv1d(x, y)", "float64[2, 6, 17], float64[8, 6, 3]"),
    case("conv_transpose1d(x, y, z)", "float[2, 3, 5], float[3, 4, 3], float[4]"),
    case("conv_transpose1d(x, y, stride=2, padding=1)", "float[3, 5], float[3, 4, 3]"),
    case("conv_transpose2d(x, y, z, 2, 1, 1, 3, 2)", "float[2, 6, 5, 4], float[6, 2, 3, 3], float[6]"),
    case("conv_transpose2d(x, y, stride=(2, 1), output_padding=(1, 0))", "float[2, 3, 5, 4], float[3, 2, 3, 2]"),
    case("conv_transpose3d(x, y, z, padding=(1, 0, 1))", "float[2, 2, 3, 4, 3], float[2, 3, 3, 2, 3], float[3]"),
]
