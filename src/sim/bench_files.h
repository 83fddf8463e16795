// SPDX-License-Identifier: MIT
#pragma once

#include "sim/virtual_board.h"

#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::sim {

enum class Access { read_only, write_only, read_write };

/// One file of a board's bench: "wires", "adbus0/pull".
struct BenchFile {
    std::string path;
    Access access;
};

/// The words of one board. They are those of Bench, which documents them and what they throw; only
/// writing "plugged", which observers want to hear of, is the bench's own. Thread-safe.
std::vector<BenchFile> list_files(const VirtualBoard& board);
std::vector<std::string> list_pins(const VirtualBoard& board);
std::string read_file(VirtualBoard& board, std::string_view path);
void write_file(VirtualBoard& board, std::string_view path, std::string_view text);

/// "0" or "1"; throws EINVAL for anything else.
bool parse_switch(std::string_view text);

}  // namespace gpiofs::sim
